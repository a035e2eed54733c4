// Express as its manual shows it: GET / and POST /echo.
"use strict";
const express = require("express");

const app = express();
app.get("/", (request, response) => response.type("text/plain").send("hello\n"));
app.post("/echo", express.json(), (request, response) => {
  response.json({ object: request.body.object, entries: request.body.entry.length });
});
app.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));

// Node's own HTTP server, without anything on it: GET / and POST /echo.
"use strict";
const http = require("http");

const server = http.createServer((request, response) => {
  if (request.method === "POST") {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const webhook = JSON.parse(Buffer.concat(chunks));
      const body = JSON.stringify({ object: webhook.object, entries: webhook.entry.length });
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
      response.end(body);
    });
  } else {
    response.writeHead(200, { "Content-Type": "text/plain", "Content-Length": 6 });
    response.end("hello\n");
  }
});
server.listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));

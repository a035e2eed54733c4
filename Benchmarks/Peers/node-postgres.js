// node-postgres: so many clients at a pool, reading by key or inserting, for so many seconds.
"use strict";
const { Pool } = require("pg");

const [host, port, work, connections, clients, seconds] = process.argv.slice(2);
const pool = new Pool({ host, port: Number(port), user: "bench", database: "bench", max: Number(connections) });
const end = Date.now() + Number(seconds) * 1000;
let count = 0;

async function client() {
  while (Date.now() < end) {
    if (work === "read") {
      const key = 1 + Math.floor(Math.random() * 100000);
      await pool.query({ name: "read", text: "SELECT body FROM message WHERE id = $1", values: [key] });
    } else {
      await pool.query({ name: "insert", text: "INSERT INTO event (sender, body) VALUES ($1, $2)", values: ["15550783881", "x".repeat(890)] });
    }
    count += 1;
  }
}

(async () => {
  const started = process.hrtime.bigint();
  await Promise.all(Array.from({ length: Number(clients) }, client));
  console.log(`${count} ${Number(process.hrtime.bigint() - started) / 1e9}`);
  await pool.end();
})();

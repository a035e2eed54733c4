// Express and node-postgres as their manuals show them: POST /webhook checks the signature over the raw body, finds out
// whose number it is, inserts the event, and answers when the insert is committed. GET reads a booking by its code; below
// /apart the server keeps tenants apart meanwhile, as it does for Parlor.
"use strict";
const crypto = require("crypto");
const express = require("express");
const { Pool } = require("pg");

const [port, host, databasePort, secret] = process.argv.slice(2);
const pool = new Pool({ host, port: Number(databasePort), user: "bench", database: "bench", max: 10 });
const salons = new Map();

async function salonOf(number) {
  if (!salons.has(number)) {
    const found = await pool.query("SELECT id FROM salons WHERE phone_number_id = $1", [number]);
    salons.set(number, found.rows[0] && found.rows[0].id);
  }
  return salons.get(number);
}

const app = express();
app.post("/webhook", express.raw({ type: "application/json", limit: "3mb" }), async (request, response) => {
  try {
    const wanted = "sha256=" + crypto.createHmac("sha256", secret).update(request.body).digest("hex");
    const given = request.get("X-Hub-Signature-256") || "";
    if (given.length !== wanted.length || !crypto.timingSafeEqual(Buffer.from(given), Buffer.from(wanted))) {
      return response.sendStatus(401);
    }
    const change = JSON.parse(request.body).entry[0].changes[0];
    const salon = await salonOf(change.value.metadata.phone_number_id);
    await pool.query({
      name: "keep",
      text: "INSERT INTO webhook_logs (salon_id, event_type, payload, status) VALUES ($1, $2, $3, 'IGNORED')",
      values: [salon, change.field, request.body.toString()],
    });
    response.sendStatus(200);
  } catch (error) {
    console.error(error);
    response.sendStatus(500);
  }
});

const keys = new Map();

async function salonOfKey(header) {
  const token = (header || "").replace(/^Bearer /, "");
  const hash = crypto.createHash("sha256").update(token).digest("hex");
  if (!keys.has(hash)) {
    const found = await pool.query("SELECT salon_id FROM api_keys WHERE key_hash = decode($1, 'hex')", [hash]);
    keys.set(hash, found.rows[0] && found.rows[0].salon_id);
  }
  return keys.get(hash);
}

app.get("/v1/salons/:salon/booking-codes/:code", async (request, response) => {
  try {
    if ((await salonOfKey(request.get("Authorization"))) !== request.params.salon) return response.sendStatus(404);
    const found = await pool.query({
      name: "booking",
      text: "SELECT * FROM bookings WHERE salon_id = $1 AND booking_code = $2 AND deleted_at IS NULL",
      values: [request.params.salon, request.params.code],
    });
    if (found.rows.length === 0) return response.sendStatus(404);
    response.json(found.rows[0]);
  } catch (error) {
    console.error(error);
    response.sendStatus(500);
  }
});

app.get("/apart/v1/salons/:salon/booking-codes/:code", async (request, response) => {
  let client;
  try {
    if ((await salonOfKey(request.get("Authorization"))) !== request.params.salon) return response.sendStatus(404);
    client = await pool.connect();
    await client.query("BEGIN");
    await client.query({
      name: "scope",
      text: "SELECT set_config('role', 'app_user', true), set_config('app.salon_id', $1, true)",
      values: [request.params.salon],
    });
    const found = await client.query({
      name: "apart",
      text: "SELECT b.*, ARRAY(SELECT c.resource_id FROM booking_claims AS c WHERE c.salon_id = b.salon_id " +
        "AND c.booking_id = b.id) AS resources FROM bookings AS b WHERE b.booking_code = $1 AND b.deleted_at IS NULL",
      values: [request.params.code],
    });
    await client.query("COMMIT");
    if (found.rows.length === 0) return response.sendStatus(404);
    response.json(found.rows[0]);
  } catch (error) {
    console.error(error);
    response.sendStatus(500);
  } finally {
    if (client) client.release();
  }
});
app.listen(Number(port), "127.0.0.1", () => console.log("ready"));

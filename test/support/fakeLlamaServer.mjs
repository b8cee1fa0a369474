#!/usr/bin/env node
// Owns a stand-in for llama-server: its flags, its health, its /completion with prompt reuse by common prefix. Computes nothing:
// it answers the same line each time, and dies or stays silent where its model's name says so.
import { createServer } from "node:http";

const flag = (name) => process.argv[process.argv.indexOf(name) + 1];
const model = flag("--model");
if (model.endsWith("missing.gguf")) {
  process.stderr.write("error: no such model\n");
  process.exit(3);
}
let asked = 0;
let cache = [];

function completion(body) {
  const request = JSON.parse(body);
  const reused = request.prompt.findIndex((token, index) => token !== cache[index]);
  const kept = request.cache_prompt ? Math.min(reused === -1 ? request.prompt.length : reused, request.prompt.length - 1) : 0;
  cache = request.prompt;
  if (model.endsWith("odd.gguf")) return { content: "x" };
  const settings = `${flag("--cache-reuse")} ${flag("--parallel")} ${flag("--ctx-size")} ${request.temperature} ${request.n_predict}`;
  return {
    content: `served(${settings});\nmore();\n`,
    stop_type: "limit",
    timings: { prompt_n: request.prompt.length - kept, prompt_ms: 2 * (request.prompt.length - kept), predicted_n: 5 },
  };
}

createServer((request, response) => {
  asked += 1;
  let body = "";
  request.on("data", (data) => (body += data));
  request.on("end", () => {
    const isReady = asked > 2 && !model.endsWith("slow.gguf");
    response.writeHead(request.url === "/health" && !isReady ? 503 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify(request.url === "/completion" ? completion(body) : { status: isReady ? "ok" : "loading model" }));
  });
}).listen(Number(flag("--port")), flag("--host"));

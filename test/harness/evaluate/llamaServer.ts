// Owns a llama-server of the user's: starting it on this machine alone, asking it, and ending it whatever happens.
// Knows its HTTP interface and no policy. https://github.com/ggml-org/llama.cpp/tree/master/tools/server
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import type { Clock } from "../../../sidecar/base/clock";
import { limits } from "../../../sidecar/base/limits";
import { wholeText } from "../../../sidecar/decode/loop";
import { trimSuggestion } from "../../../sidecar/decode/trimSuggestion";
import type { Tokenizer } from "../../../sidecar/tokens/tokenizer";
import { UsageError } from "../usageError";
import type { ServedAnswer } from "./evaluatedPoint";
import type { PromptServer } from "./evaluation";
import type { MeasuredPrompt } from "./measuredPrompt";

export interface LlamaServerOptions {
  readonly path: string;
  readonly modelPath: string;
  readonly contextLength: number;
  /** Undefined leaves the choice to the server. */
  readonly threads: number | undefined;
  readonly tokenizer: Tokenizer;
  readonly clock: Clock;
  /** The longest that loading may take. */
  readonly startMsMax: number;
}

/** Chunks shorter than this aren't reused: as short as our re-implementation of it. */
const cacheReuseTokens = 64;

/** What /completion answers, as far as it is read. */
interface CompletionReply {
  readonly content: string;
  readonly stop_type?: string;
  readonly stopped_eos?: boolean;
  readonly timings: { readonly prompt_n: number; readonly prompt_ms: number; readonly predicted_n: number };
}

export class LlamaServer implements PromptServer {
  private readonly end = (): void => void this.child.kill("SIGKILL");
  private log = "";
  private closed = false;

  private constructor(private readonly child: ChildProcess, private readonly address: string, private readonly tokenizer: Tokenizer) {
    child.stderr?.on("data", (data: Buffer) => {
      this.log = (this.log + data.toString()).slice(-2_000);
    });
    // However this process ends, short of being killed itself, the server doesn't stay behind.
    process.on("exit", this.end);
  }

  /** Pairs with `close`. @throws UsageError where it can't be started or doesn't get ready. */
  static async start(options: LlamaServerOptions): Promise<LlamaServer> {
    if (!existsSync(options.path)) throw new UsageError(`there is no llama-server at ${options.path}`);
    const port = await freePort();
    const args = [
      "--model", options.modelPath, "--host", "127.0.0.1", "--port", String(port), "--ctx-size", String(options.contextLength),
      "--parallel", "1", "--cache-reuse", String(cacheReuseTokens), ...(options.threads === undefined ? [] : ["--threads", String(options.threads)]),
    ];
    // In a group of its own, so that Ctrl+C in the terminal leaves its ending to us.
    const child = spawn(options.path, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
    const server = new LlamaServer(child, `http://127.0.0.1:${port}`, options.tokenizer);
    const failed = new Promise<string>((resolve) => {
      child.once("error", (error) => resolve(error.message));
      child.once("exit", (code, signal) => resolve(`it ended with ${code ?? signal}\n${server.log}`));
    });
    const failure = await Promise.race([failed, server.ready(options.clock, options.startMsMax)]);
    if (failure === undefined) return server;
    server.close();
    throw new UsageError(`${options.path} can't be used as llama-server: ${failure}`);
  }

  /**
   * Sends the prompt with the token that we would heal put back at the end of its prefix, since the server heals none, and
   * trims what comes as we trim our own.
   */
  async answer({ prompt, context }: MeasuredPrompt): Promise<ServedAnswer> {
    const healed = this.tokenizer.tokenise(wholeText(prompt.healed));
    // Both layouts that a server is asked with begin with the prefix.
    const prefixEnd = prompt.segments[0]?.end ?? 0;
    const tokens = [...prompt.tokens.subarray(0, prefixEnd), ...healed, ...prompt.tokens.subarray(prefixEnd)];
    const reply = await this.post("/completion", {
      prompt: tokens, n_predict: limits.completionTokensMax, temperature: 0, cache_prompt: true, id_slot: 0, stream: false,
    });
    const endedWhole = reply.stop_type === "eos" || reply.stopped_eos === true;
    return {
      suggested: trimSuggestion(reply.content, endedWhole, context).text,
      tokensEncoded: reply.timings.prompt_n,
      promptMs: reply.timings.prompt_ms,
      tokensDecoded: reply.timings.predicted_n,
    };
  }

  close(): void {
    this.closed = true;
    process.off("exit", this.end);
    this.end();
  }

  /** Undefined when it answers; why not, when it takes too long. */
  private async ready(clock: Clock, startMsMax: number): Promise<string | undefined> {
    const untilMs = clock.nowMs() + startMsMax;
    while (clock.nowMs() < untilMs && !this.closed) {
      const response = await fetch(`${this.address}/health`).catch(() => undefined);
      if (response?.ok === true) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return `it wasn't ready after ${Math.round(startMsMax / 1_000)} s`;
  }

  private async post(path: string, body: object): Promise<CompletionReply> {
    const response = await fetch(this.address + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new UsageError(`llama-server refused a prompt: ${response.status} ${text.slice(0, 500)}`);
    return checkedReply(JSON.parse(text));
  }
}

function checkedReply(value: unknown): CompletionReply {
  const reply = value as Partial<CompletionReply>;
  const timings: Partial<CompletionReply["timings"]> | undefined = reply.timings;
  const figures = [timings?.prompt_n, timings?.prompt_ms, timings?.predicted_n];
  const isWhole = typeof reply.content === "string" && figures.every((figure) => typeof figure === "number");
  if (!isWhole) throw new UsageError("llama-server's answer has no content or no timings: this release speaks otherwise");
  return reply as CompletionReply;
}

/** A port that was free just now. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (typeof address === "object" && address !== null ? resolve(address.port) : reject(new Error("no port is free"))));
    });
  });
}

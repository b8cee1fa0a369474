// Owns what is known of cold caches from earlier: answers by the content of their question, in a folder of JSON lines.
// Computes nothing. Processes that share the folder read each other's answers when they start, and write to files of their own.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Loss } from "../score";
import { JsonLinesFile, readJsonLines } from "./jsonLinesFile";

/** What a cache without any history answers to a prompt. */
export interface ColdAnswer {
  /** What is suggested from the cursor on; empty where nothing is left after trimming. */
  readonly suggested: string;
  /** Length of the prompt: what a cold cache has to read. */
  readonly promptTokens: number;
  /** Of the text really written; undefined where that isn't known. */
  readonly loss: Loss | undefined;
}

interface CacheLine {
  readonly key: string;
  readonly answer: ColdAnswer;
}

export class ColdCache {
  private readonly answers = new Map<string, ColdAnswer>();
  private readonly file: JsonLinesFile | undefined;
  /** How many questions were answered from memory, and how many had to be computed. */
  readonly counts = { found: 0, computed: 0 };

  /** @param folder made where it is missing; undefined keeps answers in memory only @param ownName names this process's file */
  constructor(folder: string | undefined, ownName: string) {
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder).filter((entry) => /^cold-.*\.jsonl$/.test(entry)).toSorted()) {
      for (const line of readJsonLines(join(folder, name))) {
        const { key, answer } = line as CacheLine;
        this.answers.set(key, answer);
      }
    }
    this.file = new JsonLinesFile(join(folder, `cold-${ownName}.jsonl`));
  }

  answer(key: string, compute: () => ColdAnswer): ColdAnswer {
    const known = this.answers.get(key);
    if (known !== undefined) {
      this.counts.found += 1;
      return known;
    }
    this.counts.computed += 1;
    const answer = compute();
    this.answers.set(key, answer);
    this.file?.append({ key, answer } satisfies CacheLine);
    return answer;
  }

  close(): void {
    this.file?.close();
  }
}

/** One name for all that an answer depends on. Parts are set apart by their lengths, so that no two lists of parts collide. */
export function contentKey(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(`${part.length} ${typeof part === "string" ? "text" : "bytes"}\n`);
    hash.update(part);
  }
  return hash.digest("hex").slice(0, 40);
}

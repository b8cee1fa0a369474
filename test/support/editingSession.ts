// Owns a random user at the fake engine: edits, jumps, completions, interruptions and idle time over one or two documents,
// with all invariants on, and a look at every cell after each step.
import { setVerify } from "../../sidecar/base/invariants";
import { ManualClock } from "../../sidecar/base/clock";
import type { Random } from "../../sidecar/base/random";
import { sequenceId, type Engine } from "../../sidecar/engine/engine";
import type { CompletionAnswer, CompletionRequest } from "../../sidecar/session/events";
import type { PolicyName } from "../../sidecar/session/policy";
import { createSessions, type Sessions } from "../../sidecar/session/sessions";
import type { SessionsOptions } from "../../sidecar/session/sessionsOptions";
import { utf16, type Place } from "../../sidecar/text/frames";
import { Lines } from "../../sidecar/text/lines";
import { editing, nextEdit, randomText, toChanges, type Editing } from "./edits";
import { FakeEngine } from "./fakeEngine";
import { checkHonesty } from "./scratch";

export const noModel: SessionsOptions["modelStatus"] = () =>
  ({ state: { kind: "ready" }, name: "fake", path: "", contextLength: 0, shiftRefusal: undefined, threads: 1 });

export function sessionsOn(engine: Engine, policy: PolicyName, options: Partial<SessionsOptions> = {}): Sessions {
  setVerify(true);
  return createSessions(engine, { policy, modelStatus: noModel, clock: new ManualClock(), completionTokensMax: 6, withholding: false, ...options });
}

export type Step =
  | { readonly kind: "edit"; readonly uri: string; readonly now: Editing; readonly changes: ReturnType<typeof toChanges> }
  | { readonly kind: "complete"; readonly request: CompletionRequest; readonly interruptAfter: number | undefined }
  | { readonly kind: "cursor"; readonly uri: string; readonly place: Place }
  | { readonly kind: "idle"; readonly interruptAfter: number | undefined };

export interface Script {
  readonly texts: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export function randomScript(random: Random, stepCount: number): Script {
  const texts: Record<string, string> = { "a.ts": randomText(random, 120), "b.ts": randomText(random, 40) };
  const now = new Map(Object.entries(texts).map(([uri, text]) => [uri, editing(text)]));
  const steps: Step[] = [];
  for (let count = 0; count < stepCount; count += 1) {
    const uri = random.chance(0.85) ? "a.ts" : "b.ts";
    const current = now.get(uri) ?? editing("");
    const roll = random.next();
    if (roll < 0.55) {
      const { delta, after } = nextEdit(random, current);
      steps.push({ kind: "edit", uri, now: after, changes: toChanges(current.text, delta) });
      now.set(uri, after);
    } else if (roll < 0.93) {
      const offset = random.chance(0.6) ? current.cursor : random.below(current.text.length + 1);
      const place = Lines.of(current.text).placeAt(utf16(offset), "utf-16");
      steps.push({ kind: "complete", request: { uri, place, invoked: false }, interruptAfter: interruption(random) });
    } else {
      steps.push({ kind: "idle", interruptAfter: interruption(random) });
    }
  }
  return { texts, steps };
}

/** The same user, who also moves the cursor about and leaves the editor idle for up to three slices after each step. */
export function withPauses(random: Random, { texts, steps }: Script): Script {
  const now = new Map(Object.entries(texts));
  const paused = steps.flatMap((step): readonly Step[] => {
    if (step.kind === "edit") now.set(step.uri, step.now.text);
    const uri = random.pick([...now.keys()]);
    const text = now.get(uri) ?? "";
    const place = Lines.of(text).placeAt(utf16(random.below(text.length + 1)), "utf-16");
    const slices = Array.from({ length: random.below(4) }, (): Step => ({ kind: "idle", interruptAfter: random.chance(0.4) ? random.below(40) : undefined }));
    return [step, ...(random.chance(0.3) ? [{ kind: "cursor", uri, place } as const] : []), ...slices];
  });
  return { texts, steps: paused };
}

/** After how many questions something arrives: the engine asks once a token. */
function interruption(random: Random): number | undefined {
  return random.chance(0.2) ? random.below(random.pick([8, 80])) : undefined;
}

/** The script as a list that can be pasted into a test. */
export function printScript({ texts, steps }: Script): string {
  return JSON.stringify({ texts, steps: steps.map((step) => (step.kind === "edit" ? { ...step, now: { ...step.now, undo: [] } } : step)) });
}

export function uninterrupted({ texts, steps }: Script): Script {
  return { texts, steps: steps.map((step) => (step.kind === "edit" || step.kind === "cursor" ? step : { ...step, interruptAfter: undefined })) };
}

export interface Played {
  readonly answers: readonly CompletionAnswer[];
  readonly sessions: Sessions;
}

/** Plays the script; `afterStep` looks at the state. */
export function play(script: Script, sessions: Sessions, afterStep: () => void): Played {
  let version = 1;
  const answers: CompletionAnswer[] = [];
  for (const [uri, text] of Object.entries(script.texts)) sessions.apply({ kind: "open", uri, languageId: "typescript", version, text, atMs: 0 });
  for (const step of script.steps) {
    switch (step.kind) {
      case "edit": {
        version += 1;
        const notices = sessions.apply({ kind: "change", uri: step.uri, version, changes: step.changes, atMs: 0 });
        const text = sessions.sessionOf(step.uri)?.document.text;
        if (notices.length > 0 || text !== step.now.text) throw new Error(`the text of ${step.uri} is ${JSON.stringify(text)}: ${JSON.stringify(notices)}`);
        break;
      }
      case "complete": {
        const interrupted = trueAfter(step.interruptAfter);
        const reply = sessions.complete(step.request, () => (interrupted() ? "cancelled" : undefined));
        if (reply.kind === "fault") throw new Error(reply.fault.message);
        answers.push(reply.answer);
        break;
      }
      case "cursor":
        sessions.apply({ kind: "cursor", uri: step.uri, place: step.place, atMs: 0 });
        break;
      case "idle":
        sessions.idle(trueAfter(step.interruptAfter));
        break;
    }
    afterStep();
  }
  return { answers, sessions };
}

/** A question that is answered with no so many times. */
export function trueAfter(count = Infinity): () => boolean {
  let asked = 0;
  return () => {
    asked += 1;
    return count < asked;
  };
}

/** Every document's cells against its ledger and against scratch; nothing left in the sequences that are only borrowed. */
export function checkCells(engine: FakeEngine, sessions: Sessions, uris: Iterable<string>, layers: 1 | "many"): void {
  for (const uri of uris) {
    const held = sessions.sessionOf(uri)?.cells;
    if (held !== undefined) checkHonesty(engine, held.sequence, held.ledger, layers);
  }
  for (const borrowed of [0, 1]) {
    if (engine.positions(sequenceId(borrowed)) !== undefined) throw new Error(`traceless: cells are left in sequence ${borrowed}`);
  }
}

// Owns a request for a completion from the cursor it was made at to its outcome: cells brought to the prompt, text written,
// record kept. Knows neither how documents come and go nor who asks.
import { invariant } from "../base/invariants";
import { limits } from "../base/limits";
import { ProcessorChain } from "../decode/processorChain";
import type { TrimContext } from "../decode/trimSuggestion";
import { isWordEnd, WordEnd } from "../decode/wordEnd";
import type { Prompt, PromptTokens } from "../prompt/layout";
import type { CompletionRecord, Outcome } from "../protocol/data";
import { utf16, type Utf16Offset } from "../text/frames";
import { promptTokensMax, type Bench } from "./bench";
import type { CellPool } from "./cellPool";
import { chosenWordAt, type ChosenWord } from "./chosenWord";
import { write, type Written } from "./complete";
import { addCounters } from "./counters";
import type { CompletionAnswer, CompletionItem, CompletionRequest, SessionReply } from "./events";
import { Flight, type Meanwhile } from "./flight";
import { inOrder, isBehindOperator, isUnvouched, monitorRecord, type NameMonitor, type NameMonitors } from "./nameMonitors";
import { areApart, openingChoicesMax, openingsBeside } from "./openings";
import { patchCells, type Patched } from "./patchCells";
import type { Records } from "./record";
import type { Recovery } from "./recovery";
import type { PenaltySource } from "./repetition";
import { showingOf, withoutError, type Showing } from "./showing";
import type { RepairScene } from "./repair";
import type { HeldCells, Session } from "./session";
import type { SessionsOptions } from "./sessionsOptions";
import type { Rest } from "./suggestionInHand";
import { surroundingsAt } from "./surroundings";

/** A request on a document that can be completed in, at a cursor that it has. */
export interface Ask {
  readonly session: Session;
  readonly request: CompletionRequest;
  readonly cursor: Utf16Offset;
  readonly arrivedMs: number;
  readonly meanwhile: Meanwhile;
}

/** How a request went, as far as it came. */
interface Course {
  readonly outcome: Outcome;
  readonly patched?: Patched;
  readonly prefixTokens?: number;
  readonly written?: Written | undefined;
  /** What is shown, the best first. */
  readonly rests?: readonly Rest[];
}

/** A request whose cells are at the prompt. */
interface Scope {
  readonly ask: Ask;
  readonly held: HeldCells;
  readonly prompt: Prompt;
  readonly scene: RepairScene;
  readonly flight: Flight;
  /** Watches what is written first. */
  readonly monitor: NameMonitor | undefined;
}

/** What completing needs besides the request. */
export interface CompleterParts {
  readonly bench: Bench;
  readonly pool: CellPool;
  readonly recovery: Recovery;
  readonly records: Records;
  readonly special: PromptTokens;
  readonly options: SessionsOptions;
  readonly penalties: PenaltySource | undefined;
  readonly monitors: NameMonitors | undefined;
  /** All that may have to give up cells for another. */
  readonly sessions: () => Iterable<Session>;
}

export class Completer {
  constructor(private readonly parts: CompleterParts) {}

  complete(ask: Ask): SessionReply<CompletionAnswer> {
    const { session, cursor, request } = ask;
    const word = chosenWordAt(request, session.document, cursor);
    const isNew = session.suggestion.moveOn(cursor, session.document.text);
    // Behind a dot that is written by now the editor knows what it couldn't know when the suggestion wrote it.
    if (session.suggestion.isUnvouched && isBehindOperator(session.document, cursor)) session.suggestion.drop();
    if (isNew && this.isToBeMended(session, cursor)) session.suggestion.drop();
    const rests = session.suggestion.restsAt(cursor, session.document.text, word?.rest);
    const [first] = rests;
    // Who asks by key wants to see others, too.
    const lacksOthers = request.invoked && word === undefined && first?.replacedUtf16 === 0 && !session.suggestion.hasOthers;
    if (first !== undefined && !lacksOthers) return this.answered(ask, { outcome: { kind: "shown" }, rests }, word);
    // Tries once, and once more from nothing when the engine or an invariant fails.
    const tried = this.parts.recovery.run(() => this.once(ask, word, first?.text), session, 2);
    return this.answered(ask, tried.kind === "done" ? tried.result : { outcome: { kind: "engineFailed", detail: tried.message } }, word);
  }

  /** Whether what was prepared, and is on screen for the first time, would be shown otherwise: it was written before its text was there. */
  private isToBeMended(session: Session, cursor: Utf16Offset): boolean {
    const { suggestion, document } = session;
    const [rest] = suggestion.restsAt(cursor, document.text);
    if (rest === undefined) return false;
    const watch = session.errorWatch(cursor);
    const around = surroundingsAt(document, cursor, session.spansAround(cursor)[0]);
    const context = { ...around, singleLine: around.singleLine || this.parts.bench.tuning.singleLine };
    const kept = withoutError(rest, context, watch && ((text, replacedUtf16) => watch(cursor + replacedUtf16, text)));
    return kept?.text !== rest.text;
  }

  /** The answer to a request that doesn't come as far as the engine. */
  refused(ask: Pick<Ask, "session" | "request" | "arrivedMs">, outcome: Outcome): SessionReply<CompletionAnswer> {
    return this.answered(ask, { outcome }, undefined);
  }

  /** @param known what was suggested here already, where others are wanted beside it */
  private once(ask: Ask, word: ChosenWord | undefined, known: string | undefined): Course {
    const { session, cursor } = ask;
    const { bench, pool, special } = this.parts;
    const tokensMax = promptTokensMax(bench);
    const prompt = session.promptAt(cursor, special, tokensMax);
    if (prompt.tokens.length === 0) {
      return { outcome: { kind: "nothingToSay", detail: "a model without fill-in-the-middle needs text before the cursor" } };
    }
    if (tokensMax < prompt.tokens.length) {
      const detail = `the prompt has ${prompt.tokens.length} tokens, the cache has room for ${tokensMax}`;
      return { outcome: { kind: "contextTooSmall", detail } };
    }
    const held = pool.acquire(session, prompt.tokens.length + bench.completionTokensMax, this.parts.sessions());
    // There was less memory than was hoped for: the engine knows now for how many cells it has room.
    if (held === undefined) return this.once(ask, word, known);
    // Asks what it has to before the prompt is read, so that the answer comes meanwhile.
    const monitor = known === undefined ? this.monitorAt(ask, prompt, word?.rest ?? "") : undefined;
    const flight = new Flight(session.document, cursor, ask.meanwhile);
    const scene = session.repairScene(cursor);
    const patched = patchCells(bench, held, prompt, scene, () => flight.interruption() !== undefined);
    session.arrived(cursor, patched.complete);
    const { cellsKept, cellsShifted } = patched.totals;
    const { tokensEncoded, repairTokens } = patched;
    const prefixTokens = held.prefixReuse.charge(prompt.tokens, tokensEncoded, patched.complete);
    session.counters = addCounters(session.counters, { cellsKept, cellsShifted, tokensEncoded, repairTokens, prefixTokens });
    if (flight.stopped !== undefined || !patched.complete) return { outcome: { kind: flight.stopped ?? "superseded" }, patched, prefixTokens };
    const scope: Scope = { ask, held, prompt, scene, flight, monitor };
    const written = known === undefined ? this.written(scope, word?.rest ?? "", word) : undefined;
    const showing = this.showing(scope, word?.rest ?? "", written);
    if (showing.kind === "withheld") return { outcome: showing.outcome, patched, prefixTokens, written };
    const outcome = { kind: "shown" as const };
    const { replacedUtf16 } = showing.rest;
    const text = known ?? (word?.rest ?? "") + showing.rest.text;
    const withOthers = ask.request.invoked && word === undefined && !flight.isTypedAlong && replacedUtf16 === 0;
    const others = withOthers ? this.others(scope, text) : [];
    const isForWord = word !== undefined && word.rest !== "";
    session.suggestion.give({ start: cursor, texts: [text, ...others], replacedUtf16, isForWord, withOthers, isUnvouched: isUnvouched(written) });
    // Who has typed on asks anew, and finds it in hand.
    if (flight.isTypedAlong) return { outcome: { kind: "superseded" }, patched, prefixTokens, written };
    return { outcome, patched, prefixTokens, written, rests: [text, ...others].map((each) => ({ text: each, replacedUtf16 })) };
  }

  /** What of the text written behind `rest` is shown; an empty rest where nothing was written anew. */
  private showing(scope: Scope, rest: string, written: Written | undefined): Showing {
    if (written === undefined) return { kind: "shown", rest: { text: "", replacedUtf16: 0 } };
    const { bench, options } = this.parts;
    const { session, cursor, request } = scope.ask;
    return showingOf(written, this.contextBehind(scope, rest), {
      withholding: !request.invoked && (options.withholding ?? true),
      charactersMin: bench.tuning.charactersMin,
      errorsAdded: () => {
        const watch = session.errorWatch(cursor);
        return watch && ((text, replacedUtf16) => watch(cursor + replacedUtf16, rest + text));
      },
    });
  }

  /** Others in place of `text`: each is written behind an opening that parts from it, in the cells that it was written in. */
  private others(scope: Scope, text: string): readonly string[] {
    const { held, prompt, flight } = scope;
    const { bench } = this.parts;
    const endMs = bench.clock.nowMs() + limits.alternativesMsMax;
    const isOver = (): boolean => flight.interruption() !== undefined || endMs <= bench.clock.nowMs();
    const penalty = this.penaltyBehind(scope, this.contextBehind(scope, ""), prompt.healed);
    const monitor = this.monitorAt(scope.ask, prompt, "", openingChoicesMax);
    const others: string[] = [];
    try {
      for (const opening of openingsBeside(bench, held, prompt, text, limits.alternativesMax - 1, inOrder(penalty, monitor), isOver)) {
        if (isOver()) break;
        const written = this.written({ ...scope, monitor: this.monitorAt(scope.ask, prompt, opening.text) }, opening.text);
        const other = opening.text + written.text;
        if (written.interruption === undefined && written.replacedUtf16 === 0 && areApart([text, ...others], other)) others.push(other);
      }
    } finally {
      if (monitor !== undefined) this.parts.monitors?.ended(monitor);
      penalty?.close();
    }
    return others;
  }

  /** What is written behind `rest`, as if that stood at the cursor already; behind a chosen word, nothing that makes it another. */
  private written(scope: Scope, rest: string, word?: ChosenWord): Written {
    const { ask: { session: { document } }, held, prompt, flight, monitor } = scope;
    const { bench, options } = this.parts;
    const { version } = document;
    const context = this.contextBehind(scope, rest);
    const asked = rest === "" ? prompt : { ...prompt, healed: Buffer.concat([prompt.healed, Buffer.from(rest)]) };
    const penalty = this.penaltyBehind(scope, context, asked.healed);
    const wordEnd = word !== undefined && isWordEnd(word.typed + word.rest) ? new WordEnd(asked.healed, bench.pieces, bench.engine) : undefined;
    const chain = inOrder(penalty, monitor);
    const processors = wordEnd === undefined ? chain : new ProcessorChain([wordEnd, chain]);
    try {
      const written = write(bench, held, asked, context, () => flight.interruption(), processors, { onText: (text) => flight.wrote(rest + text) });
      options.onWritten?.(written);
      invariant(document.version === version, "promptness", `written for version ${version}, the text is at ${document.version}`);
      return monitor === undefined ? written : { ...written, monitor: monitorRecord(monitor.tally) };
    } finally {
      if (monitor !== undefined) this.parts.monitors?.ended(monitor);
      penalty?.close();
    }
  }

  private contextBehind({ ask: { session: { document: { text, languageId } }, cursor }, scene }: Scope, rest: string): TrimContext {
    const supposed = rest === "" ? text : text.slice(0, cursor) + rest + text.slice(cursor);
    const around = surroundingsAt({ text: supposed, languageId }, utf16(cursor + rest.length), scene.around[0]);
    return { ...around, singleLine: around.singleLine || this.parts.bench.tuning.singleLine };
  }

  private monitorAt({ session: { document }, cursor }: Ask, { healed }: Prompt, rest: string, choicesMax?: number): NameMonitor | undefined {
    return this.parts.monitors?.monitorAt(document, cursor, Buffer.concat([healed, Buffer.from(rest)]), rest, choicesMax);
  }

  private penaltyBehind({ ask: { session } }: Scope, context: TrimContext, healed: Uint8Array): ReturnType<PenaltySource["penaltyBehind"]> | undefined {
    const { bench, penalties } = this.parts;
    return bench.tuning.repetitionPenalty ? penalties?.penaltyBehind(session.document.languageId, context, healed) : undefined;
  }

  private answered(
    { session, request, arrivedMs }: Pick<Ask, "session" | "request" | "arrivedMs">,
    { outcome, patched, prefixTokens = 0, written, rests = [] }: Course,
    word: ChosenWord | undefined,
  ): SessionReply<CompletionAnswer> {
    const nowMs = this.parts.bench.clock.nowMs();
    const record: CompletionRecord = {
      uri: request.uri,
      version: session.document.version,
      line: request.place.line,
      character: request.place.character,
      outcome,
      policy: this.parts.options.policy,
      tokensEncoded: patched?.tokensEncoded ?? 0,
      cellsKept: patched?.totals.cellsKept ?? 0,
      cellsShifted: patched?.totals.cellsShifted ?? 0,
      cellsStale: session.ledger.tokens.length - session.ledger.exactEnd,
      prefixTokens,
      tokensDecoded: written?.tokensDecoded ?? 0,
      editToFirstTokenMs: session.latency.untilMs(written?.firstTokenAtMs ?? nowMs),
      requestMs: nowMs - arrivedMs,
      ...(written?.monitor === undefined ? {} : { monitor: written.monitor }),
    };
    this.parts.records.add(record);
    session.outcome = outcome;
    session.counters = addCounters(session.counters, { completions: 1 });
    const [item, ...alternatives] = rests.map((rest) => itemOf(request, rest, word));
    return { kind: "answer", answer: { outcome, version: session.document.version, item, alternatives } };
  }
}

/** What is put in place of the closers that it has too, and of what stands of a chosen word, as the editor wants it. */
function itemOf({ place, word }: CompletionRequest, { text, replacedUtf16 }: Rest, chosen: ChosenWord | undefined): CompletionItem {
  // Closers count as one in every encoding.
  const end = { line: place.line, character: place.character + replacedUtf16 };
  return word === undefined || chosen === undefined ? { text, start: place, end } : { text: chosen.typed + text, start: word.start, end };
}

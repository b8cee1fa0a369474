// Owns the look at one case in a terminal: the lines before the cursor, what was really written, and what each method wrote.
import type { DereferenceCase } from "./case";
import { figuresOf } from "./figures";
import type { Generation, Members, Waited } from "./generation";

const namesShown = 12;
const linesBefore = 4;

/** `before` is the text before the cursor; undefined where the project isn't at hand. */
export function caseView(sample: DereferenceCase, before: string | undefined, members: Members | undefined, generations: readonly Generation[]): string {
  const head = `── ${sample.project}/${sample.path} @${sample.cursorUtf16} ${sample.id}  ${sample.receiver}${sample.trigger}`;
  const context = (before ?? "").split("\n").slice(-linesBefore).join("\n");
  const listed = members?.names === undefined
    ? `no list: ${members?.reason ?? "not asked"}`
    : `${members.names.length} names: ${members.names.slice(0, namesShown).join(" ")}${members.names.length > namesShown ? " …" : ""}`;
  const views = generations.map((generation) => generationView(sample, members, generation));
  return [head, `${context}▮`, listed, `truth    ${indented(sample.truth)}`, ...views].join("\n");
}

function generationView(sample: DereferenceCase, members: Members | undefined, generation: Generation): string {
  const { compileOk, nextIdentifierMatch, illegalMember } = figuresOf(sample, generation, members);
  const marks = [
    nextIdentifierMatch ? "next matches" : "next differs",
    ...(illegalMember === true ? ["ILLEGAL"] : []),
    ...(compileOk === undefined ? [] : [compileOk ? "compiles" : `doesn't compile: ${(generation.newErrors ?? []).slice(0, 2).join("; ").slice(0, 200)}`]),
    `${generation.tokens} tokens, ${generation.decodeMs.toFixed(0)} ms, ${generation.end}`,
  ];
  const { monitor } = generation;
  const counts = monitor === undefined ? "" : `${monitor.masks} masks, ${monitor.changed} changed, ${monitor.impossible} impossible, ${monitor.late} late`;
  const did = counts === "" ? "" : `\n         ${counts}, ${generation.monitorMs.toFixed(1)} ms its own`;
  const waited = generation.waited.length === 0 ? "" : `\n         waited ${generation.waited.map(waitView).join(", ")}`;
  const name = generation.draw === "greedy" ? generation.method : `${generation.method} ${generation.draw}`;
  return `${name.padEnd(9)}${indented(generation.text)}\n         (${marks.join(", ")})${did}${waited}`;
}

const waitView = ({ behindUtf16, kind, waitMs, answer, names }: Waited): string =>
  `@${behindUtf16}${kind === "signature" ? "(" : ""} ${waitMs.toFixed(1)} ms ${answer}${names > 0 ? ` ${names}` : ""}`;

const indented = (text: string): string => text.replaceAll("\n", "\n         ");

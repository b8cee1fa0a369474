// Owns one run of the dereference benchmark: projects in, cases for this process, generations and verdicts, the tables.
// What an earlier run has is not generated again. Opens neither engine nor server.
import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { realClock } from "../../../sidecar/base/clock";
import { Random } from "../../../sidecar/base/random";
import { Repetition } from "../../../sidecar/session/repetition";
import type { PenaltySource } from "../../../sidecar/session/repetition";
import { PieceIndex } from "../../../sidecar/tokens/pieceIndex";
import type { Grammar } from "../../../grammars/grammars";
import { Interrupt } from "../interrupt";
import { Progress } from "../progress";
import type { ReplayOutput } from "../replayCommand";
import type { Rig } from "../rig";
import { UsageError } from "../usageError";
import { cutText } from "./case";
import type { CaseLanguage, CaseSource, DereferenceCase } from "./case";
import { EditorPrompts } from "./casePrompt";
import type { PromptBench } from "./casePrompt";
import { caseView } from "./caseView";
import { DereferenceFile, mergedResults } from "./dereferenceFile";
import type { DereferenceConditions, DereferenceResults } from "./dereferenceFile";
import type { DereferenceMerge, DereferenceOutput, DereferenceSettings } from "./dereferenceOptions";
import { generationKey } from "./generation";
import type { Generation, Members } from "./generation";
import { FileJudge } from "./judge";
import type { Compiler } from "./judge";
import { casesOf, drawnCases } from "./makeCases";
import { measureCase, wantedOf } from "./measureCases";
import type { CaseBench, Measured, Unmeasured } from "./measureCases";
import type { MonitorHost, OpenMonitors } from "./monitorHost";
import { projectsAt, sourcesOf } from "./projectFiles";
import type { Project } from "./projectFiles";
import { RecordingSource } from "./recordingSource";
import { greedyRows, sampleRows } from "./rows";
import { markdownTables, textTables } from "./tables";

/** What a run needs besides its settings; opened only when the cases have been made. */
export interface DereferenceParts {
  loadGrammar(languageId: string): Promise<Grammar | undefined>;
  openRig(): Promise<Rig>;
  openMonitor(language: CaseLanguage, projects: readonly Project[]): Promise<MonitorHost>;
  /** For all monitors of one engine. */
  monitorsOn(rig: Rig): OpenMonitors;
  openCompiler(language: CaseLanguage, projects: readonly Project[]): Compiler;
}

export async function runDereference(settings: DereferenceSettings, parts: DereferenceParts, output: ReplayOutput): Promise<void> {
  checkFolders(settings);
  const projects = projectsAt(settings.folders);
  const sources = new Map(projects.flatMap((project) => sourcesOf(project, settings.language)).map((source) => [fileKey(source), source]));
  const cases = await casesFor(settings, projects, [...sources.values()], parts, output);
  const rig = await parts.openRig();
  const host = await parts.openMonitor(settings.language, projects);
  const compiler = parts.openCompiler(settings.language, projects);
  const file = new DereferenceFile(settings.jsonPath, conditionsOf(settings, rig));
  const interrupt = new Interrupt();
  const progress = new Progress(realClock.nowMs);
  const bench = benchOn(settings, projects, rig, host, parts.monitorsOn(rig), () => interrupt.asked);
  const say = (line: string): void => {
    progress.end();
    output.say(line);
  };
  try {
    const penalties = settings.penalty ? await penaltiesOn(bench, cases, parts) : undefined;
    const run = new DereferenceRun(settings, { ...bench, penalties }, file, compiler);
    for (const [index, { sample, hasSamples }] of cases.entries()) {
      if (interrupt.asked) break;
      progress.show(`case ${index + 1} of ${cases.length}: ${sample.project}/${sample.path}`);
      const original = sources.get(fileKey(sample))?.text;
      if (original === undefined || !(await run.measure(sample, original, hasSamples, index % 2 === 1))) break;
      if (settings.view) say(viewOf(run.results, sample, cutText(sample, original).before));
    }
    if (interrupt.asked) say("Interrupted: this is what was measured until then. The same command goes on from here where --json is given.");
    tell(run.results, settings, { ...output, say });
  } finally {
    progress.end();
    interrupt.close();
    file.close();
    compiler.close();
    await host.close();
    rig.close();
  }
}

/** One table of the results of other runs. */
export function mergeDereferences(settings: DereferenceMerge, output: ReplayOutput): void {
  checkFolders(settings);
  const results = mergedResults(settings.paths);
  if (settings.view) for (const sample of results.cases) output.say(viewOf(results, sample, undefined));
  tell(results, settings, output);
}

interface PlannedCase {
  readonly sample: DereferenceCase;
  readonly hasSamples: boolean;
}

/** The cases that fall to this process. */
async function casesFor(
  { cases, sampledCases, shard, seed, language }: DereferenceSettings, projects: readonly Project[], sources: readonly CaseSource[],
  parts: DereferenceParts, { say }: ReplayOutput,
): Promise<readonly PlannedCase[]> {
  const byProject: (readonly (readonly DereferenceCase[])[])[] = [];
  for (const { name } of projects) {
    const made: (readonly DereferenceCase[])[] = [];
    for (const source of sources.filter(({ project }) => project === name)) {
      const grammar = await parts.loadGrammar(source.languageId);
      if (grammar !== undefined) made.push(...casesOf(source, grammar));
    }
    byProject.push(made);
    say(`${name}: ${made.flat().length} dereferences in ${made.length} functions`);
  }
  const drawn: PlannedCase[] = [];
  for (const sample of drawnCases(byProject, new Random(seed))) {
    if (cases <= drawn.length) break;
    drawn.push({ sample, hasSamples: drawn.length < sampledCases });
  }
  if (drawn.length === 0) throw new UsageError(`there is no dereference in a named function in ${language} in these folders`);
  if (drawn.length < cases) say(`only ${drawn.length} of ${cases} cases are to be had from these folders`);
  return drawn.filter((_, index) => index % shard.count === shard.index - 1);
}

function benchOn(
  settings: DereferenceSettings, projects: readonly Project[], { engine }: Rig, host: MonitorHost, openMonitors: OpenMonitors, interrupted: () => boolean,
): Omit<CaseBench, "penalties"> {
  const { promptTokensMax, tokensMax, temperature, budgetMs, seed } = settings;
  const folderOf = new Map(projects.map(({ name, folder }) => [name, folder]));
  const source = new RecordingSource(host.source, realClock);
  return {
    engine, clock: realClock, source, versions: { latest: 0 },
    pieces: new PieceIndex(engine, engine.capabilities.vocabularySize), prompts: new EditorPrompts(engine),
    host, startMonitor: openMonitors(source, budgetMs), promptTokensMax, tokensMax, temperature, seed, interrupted,
    uriOf: ({ project, path }) => pathToFileURL(`${folderOf.get(project) ?? ""}/${path}`).href,
  };
}

/** The editor's repetition penalty, with the grammars of the cases at hand. */
async function penaltiesOn({ engine, pieces }: PromptBench, cases: readonly PlannedCase[], parts: DereferenceParts): Promise<PenaltySource> {
  const grammars = new Map<string, Grammar | undefined>();
  for (const languageId of new Set(cases.map(({ sample }) => sample.languageId))) grammars.set(languageId, await parts.loadGrammar(languageId));
  return new Repetition((languageId) => grammars.get(languageId), pieces, engine, engine.capabilities.endTokens);
}

/** How often a case is tried at which the server falls. */
const triesMax = 2;

class DereferenceRun {
  private readonly measured: { readonly cases: DereferenceCase[]; readonly members: Members[]; readonly generations: Generation[] } = {
    cases: [], members: [], generations: [],
  };

  constructor(
    private readonly settings: DereferenceSettings, private readonly bench: CaseBench, private readonly file: DereferenceFile,
    private readonly compiler: Compiler,
  ) {}

  get results(): Measurements {
    return this.measured;
  }

  /** False where it was interrupted: then nothing new of the case is kept. Of one at which the server falls again and again neither. */
  async measure(sample: DereferenceCase, original: string, hasSamples: boolean, isOdd: boolean): Promise<boolean> {
    const { file, settings, bench, measured } = this;
    const wanted = wantedOf(settings.methods, hasSamples ? settings.samples : 0, isOdd);
    const earlier = file.earlier?.generations.filter(({ caseId }) => caseId === sample.id) ?? [];
    const known = new Set(earlier.map(generationKey));
    const missing = wanted.filter(({ method, draw }) => !known.has(generationKey({ caseId: sample.id, method, draw })));
    const keys = new Set(wanted.map(({ method, draw }) => generationKey({ caseId: sample.id, method, draw })));
    if (file.earlier?.fallen.includes(sample.id) === true) return true;
    const members = file.earlier?.members.find(({ caseId }) => caseId === sample.id);
    const { project, path, languageId } = sample;
    const judge = new FileJudge(this.compiler, { project, path, languageId, text: original });
    let fresh: Measured | Unmeasured = { generations: [], members: { kind: "members", caseId: sample.id, names: undefined, reason: "not asked" } };
    try {
      for (let tries = 0; tries < triesMax && missing.length > 0; tries += 1) {
        fresh = await measureCase(bench, sample, original, judge, missing);
        if (fresh !== "serverFell") break;
      }
    } catch (error) {
      // The next run is not to end at the same case.
      if (error instanceof UsageError) file.add({ kind: "fallen", caseId: sample.id });
      throw error;
    }
    if (fresh === "interrupted") return false;
    if (fresh === "serverFell") {
      file.add({ kind: "fallen", caseId: sample.id });
      return true;
    }
    measured.cases.push(sample);
    measured.generations.push(...earlier.filter((one) => keys.has(generationKey(one))));
    if (members !== undefined) measured.members.push(members);
    if (missing.length === 0) return true;
    file.add({ kind: "case", ...sample });
    for (const generation of fresh.generations) file.add(generation);
    if (members === undefined) file.add(fresh.members);
    if (members === undefined) measured.members.push(fresh.members);
    measured.generations.push(...fresh.generations);
    return true;
  }
}

const fileKey = ({ project, path }: Pick<CaseSource, "project" | "path">): string => `${project}\0${path}`;

function conditionsOf(settings: DereferenceSettings, { description: { model, gpu } }: Rig): DereferenceConditions {
  const { language, tokensMax, promptTokensMax, temperature, budgetMs, penalty, seed, engine } = settings;
  return { model, gpu, flashAttention: engine.flashAttention ?? "off", language, tokensMax, promptTokensMax, temperature, budgetMs, penalty, seed };
}

function checkFolders({ jsonPath, markdownPath }: DereferenceOutput): void {
  for (const path of [jsonPath, markdownPath]) {
    if (path !== undefined && !existsSync(dirname(path))) throw new UsageError(`there is no folder ${dirname(path)} to write to`);
  }
}

type Measurements = Pick<DereferenceResults, "cases" | "members" | "generations">;

function viewOf({ members, generations }: Measurements, sample: DereferenceCase, before: string | undefined): string {
  const own = generations.filter(({ caseId }) => caseId === sample.id);
  return caseView(sample, before, members.find(({ caseId }) => caseId === sample.id), own) + "\n";
}

function tell(results: Measurements, { markdownPath, seed }: DereferenceOutput, { widthMax, say }: ReplayOutput): void {
  if (results.generations.length === 0) return say("Nothing was measured.");
  const tables = { greedy: greedyRows(results, seed), samples: sampleRows(results, seed) };
  say("\n" + textTables(tables, widthMax));
  if (markdownPath === undefined) return;
  writeFileSync(markdownPath, markdownTables(tables));
  say(`written: ${markdownPath}`);
}

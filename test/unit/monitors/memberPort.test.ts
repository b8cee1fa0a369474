// Owns the wait for an answer across threads: the engine thread sleeps until the answer, the end of its time, or an interruption,
// whichever comes first. This file is the engine thread's program too.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { isMainThread, MessageChannel, type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";
import { realClock } from "../../../sidecar/base/clock";
import type { MonitorAnswer, MonitorQuestion } from "../../../sidecar/decode/mgd/memberSource";
import type { OtherWork } from "../../../sidecar/decode/otherWork";
import { Bell } from "../../../sidecar/monitors/bell";
import { MemberPort, type PostedQuestion } from "../../../sidecar/monitors/memberPort";
import { utf16 } from "../../../sidecar/text/frames";

interface Shared {
  readonly members: MessagePort;
  readonly bell: Bell["shared"];
  readonly interrupted: Int32Array;
}
interface Task {
  readonly asked: readonly MonitorQuestion[];
  readonly question: MonitorQuestion;
  readonly forMs: number;
  /** Other work that there is: so many bits of `bitMs` each. */
  readonly bits?: number;
}
interface Done {
  readonly answer: MonitorAnswer | undefined;
  readonly bitsDone: number;
  readonly ms: number;
}

const question = (continuation: string): MonitorQuestion =>
  ({ uri: "file:///a.ts", languageId: "typescript", version: 1, cursor: utf16(3), continuation, kind: "member" });

const bitMs = 20;

if (isMainThread) declareTests();
else work(workerData as Shared);

function work({ members, bell, interrupted }: Shared): void {
  const port = new MemberPort({
    port: members, bell: new Bell(bell.words, bell.index), clock: realClock, watchWait: () => () => Atomics.load(interrupted, 0) === 1,
  });
  parentPort?.on("message", ({ asked, question: awaited, forMs, bits = 0 }: Task) => {
    for (const each of asked) port.ask(each);
    const startedMs = realClock.nowMs();
    let bitsDone = 0;
    const doSome = (): boolean => {
      if (bitsDone === bits) return false;
      bitsDone += 1;
      for (const endMs = realClock.nowMs() + bitMs; realClock.nowMs() < endMs; );
      return true;
    };
    const otherWork: OtherWork = { doSome, inVainMs: 0, get spentMs() { return bitsDone * bitMs; } };
    const answer = port.answer(awaited, startedMs + forMs, otherWork);
    parentPort?.postMessage({ answer, bitsDone, ms: realClock.nowMs() - startedMs } satisfies Done);
  });
}

function declareTests(): void {
  const { port1, port2 } = new MessageChannel();
  const bell = Bell.new();
  const interrupted = new Int32Array(new SharedArrayBuffer(4));
  const shared: Shared = { members: port2, bell: bell.shared, interrupted };
  const worker = new Worker(__filename, { workerData: shared, transferList: [port2] });
  const posted: PostedQuestion[] = [];
  /** Called with each question as it comes. */
  let onQuestion: (question: PostedQuestion) => void = () => undefined;
  port1.on("message", (question: PostedQuestion) => {
    posted.push(question);
    onQuestion(question);
  });
  after(async () => {
    port1.close();
    await worker.terminate();
  });
  const answerWith = (name: string) => ({ sequence }: PostedQuestion): void => {
    port1.postMessage({ sequence, answer: { kind: "names", names: [name] } });
    bell.ring();
  };
  const run = (task: Task): Promise<Done> => new Promise((resolve) => {
    worker.once("message", resolve);
    worker.postMessage(task);
  });

  test("an answer wakes the thread that waits for it", async () => {
    onQuestion = answerWith("alpha");
    const { answer, ms } = await run({ asked: [], question: question("x."), forMs: 10_000 });
    assert.deepEqual(answer, { kind: "names", names: ["alpha"] });
    assert.ok(ms < 5_000, `${ms} ms`);
  });

  test("equal questions are asked once, and what is typed of a name makes no difference", async () => {
    onQuestion = answerWith("beta");
    const before = posted.length;
    const { answer } = await run({ asked: [question("y."), question("y.b")], question: question("y.be"), forMs: 10_000 });
    assert.deepEqual(answer, { kind: "names", names: ["beta"] });
    assert.equal(posted.length, before + 1);
    assert.deepEqual((await run({ asked: [], question: question("y."), forMs: 0 })).answer, { kind: "names", names: ["beta"] });
    assert.equal(posted.length, before + 1);
  });

  test("other work goes before standing still, and its time doesn't count", async () => {
    onQuestion = () => undefined;
    const unanswered = await run({ asked: [], question: question("busy."), forMs: 50, bits: 6 });
    assert.deepEqual([unanswered.answer, unanswered.bitsDone], [undefined, 6]);
    assert.ok(6 * bitMs + 50 <= unanswered.ms, `${unanswered.ms} ms`);
    onQuestion = (asked) => void setTimeout(() => answerWith("omega")(asked), 4 * bitMs);
    const answered = await run({ asked: [], question: question("busier."), forMs: 10, bits: 1_000 });
    assert.deepEqual(answered.answer, { kind: "names", names: ["omega"] });
    assert.ok(answered.bitsDone < 1_000, `${answered.bitsDone} bits`);
  });

  test("nobody waits longer than they may, and a late answer is kept", async () => {
    let late: PostedQuestion | undefined;
    onQuestion = (asked) => (late = asked);
    const { answer, ms } = await run({ asked: [], question: question("z."), forMs: 50 });
    assert.equal(answer, undefined);
    assert.ok(45 < ms && ms < 1_000, `${ms} ms`);
    assert.ok(late !== undefined);
    answerWith("late")(late);
    assert.deepEqual((await run({ asked: [], question: question("z."), forMs: 5_000 })).answer, { kind: "names", names: ["late"] });
  });

  test("an interruption ends the wait", async () => {
    onQuestion = () => {
      Atomics.store(interrupted, 0, 1);
      bell.ring();
    };
    const { answer, ms } = await run({ asked: [], question: question("w."), forMs: 10_000 });
    assert.equal(answer, undefined);
    assert.ok(ms < 5_000, `${ms} ms`);
    Atomics.store(interrupted, 0, 0);
  });

  test("too many questions are not asked", async () => {
    onQuestion = () => undefined;
    const asked = Array.from({ length: 40 }, (_, index) => question(`many${index}.`));
    const { answer } = await run({ asked, question: question("many39."), forMs: 10_000 });
    assert.deepEqual(answer, { kind: "open", reason: "too many questions wait" });
  });
}

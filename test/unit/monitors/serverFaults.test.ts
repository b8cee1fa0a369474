// Owns what becomes of a question when a language server misbehaves, in every way that one can: it is answered, the reason is
// told, the server is started again with a pause, and no process is left.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { limits } from "../../../sidecar/base/limits";
import { condition } from "../../editor/condition";
import { MonitorRig, processesMarked, shown, stubServer, type RigOptions } from "../../support/monitorRig";

const waitMsMax = 10_000;
const marks: string[] = [];
after(() => assert.deepEqual(marks.flatMap(processesMarked), [], "a server's process is left"));

/** `body` with a stub as the server of TypeScript, its first document open. */
async function withServer(name: string, body: (rig: MonitorRig) => Promise<void>, options: RigOptions = {}): Promise<void> {
  const mark = `mark-${process.pid}-${marks.length}`;
  marks.push(mark);
  const rig = new MonitorRig({ servers: [`typescript=${stubServer(name, mark)}`], ...options });
  try {
    rig.open("main.ts", "x.");
    await rig.service.settled();
    await body(rig);
  } finally {
    await rig.close();
  }
  assert.deepEqual(processesMarked(mark), [], `${name} is left`);
}

const ask = async (rig: MonitorRig): Promise<string> => shown(await rig.ask("main.ts", "x.▮"));
const server = (rig: MonitorRig) => rig.statisticsOf("node")?.server;

async function awaitState(rig: MonitorRig, state: string): Promise<void> {
  await condition(`the server is ${state}`, waitMsMax, () => server(rig)?.state === state);
}

test("a good server answers, and is counted", () => withServer("good", async (rig) => {
  assert.equal(await ask(rig), "alpha beta");
  const { asked, inTime, open } = rig.statisticsOf("node") ?? {};
  assert.deepEqual({ asked, inTime, open }, { asked: 1, inTime: 1, open: 0 });
}));

test("while the model is unloaded no server runs, and with it it comes back and knows the documents", () => withServer("good", async (rig) => {
  const mark = marks.at(-1) ?? "";
  assert.equal(await ask(rig), "alpha beta");
  rig.service.rest();
  rig.service.rest();
  assert.equal(server(rig)?.state, "stopped");
  await condition("its process is gone", waitMsMax, () => processesMarked(mark).length === 0);
  rig.service.wake();
  await awaitState(rig, "ready");
  await rig.service.settled();
  assert.equal(await ask(rig), "alpha beta");
  assert.deepEqual([server(rig)?.restarts, rig.logged], [0, []]);
}));

test("what wakes at once after it was sent to rest leaves no process of before", () => withServer("good", async (rig) => {
  const mark = marks.at(-1) ?? "";
  rig.service.rest();
  rig.service.wake();
  await awaitState(rig, "ready");
  if (process.platform === "linux") await condition("one process", waitMsMax, () => processesMarked(mark).length === 1);
}));

test("a server that ends before its first word is started again with longer and longer pauses, and then no more", () => withServer("crash", async (rig) => {
  assert.match(await ask(rig), /^open: node (?:is starting|ended with code 3)/);
  await awaitState(rig, "failed");
  const pauses = rig.logged.map((line) => /started again in (\d+) ms|not started again/.exec(line)?.[1] ?? "no more");
  assert.deepEqual(pauses, ["500", "1000", "2000", "4000", "8000", "16000", "30000", "30000", "no more"]);
  assert.match(rig.logged[0] ?? "", /ended with code 3 \(the toolchain is missing\)/);
  assert.match(server(rig)?.reason ?? "", /the toolchain is missing/);
  assert.match(await ask(rig), /^open: node ended with code 3/);
}, { hurry: (delayMs) => (delayMs === limits.monitorStartMs ? delayMs : delayMs / 300) }));

test("a server that never answers holds up one question, and is ended with what it started", () => withServer("silent", async (rig) => {
  const mark = marks.at(-1) ?? "";
  const before = processesMarked(mark);
  assert.equal(before.length, process.platform === "linux" ? 2 : 0);
  const first = ask(rig);
  const askedMs = performance.now();
  await condition("it has had its time", waitMsMax, () => limits.monitorBusyMs < performance.now() - askedMs);
  assert.match(await ask(rig), /^open: node has not answered for \d+ ms/);
  assert.match(await first, /has not answered/);
  await condition("it is started again", waitMsMax, () => (server(rig)?.restarts ?? 0) > 0);
  assert.match(rig.logged.join("\n"), /has not answered textDocument\/completion in 10 s/);
  assert.deepEqual(processesMarked(mark).filter((pid) => before.includes(pid)), []);
}, { hurry: (delayMs) => delayMs / 20 }));

test("a server that dies in the middle of an answer is started again, and answers", () => withServer("dies", async (rig) => {
  assert.equal(await ask(rig), "alpha");
  assert.match(await ask(rig), /^open: node ended with code 7/);
  await awaitState(rig, "ready");
  await rig.service.settled();
  assert.equal(await ask(rig), "alpha");
  assert.equal(server(rig)?.restarts, 1);
}, { hurry: (delayMs) => delayMs / 10 }));

test("a flood is cut off", () => withServer("flood", async (rig) => {
  await condition("it is cut off", waitMsMax, () => /sent 32 MB unasked in 10 s/.test(rig.logged.join("\n")));
  assert.match(await ask(rig), /^open: node (?:sent 32 MB unasked|is starting)/);
}));

test("bytes that are no message end a server that goes on with them", () => withServer("noise", async (rig) => {
  await condition("it is ended", waitMsMax, () => /sends what is no message/.test(rig.logged.join("\n")));
  assert.match(await ask(rig), /^open: node (?:sends what is no message|is starting)/);
}));

test("a header as long as a book is skipped", () => withServer("headers", async (rig) => {
  assert.equal(await ask(rig), "alpha");
}));

test("100,000 names are no limit", () => withServer("many", async (rig) => {
  const answer = await rig.ask("main.ts", "x.▮");
  assert.equal(shown(answer), "open: 100000 names, more than 20000");
  assert.ok(answer.ms < 2_000, `${answer.ms} ms`);
}));

test("a message that is too long is skipped, unread, and what waited for it is told", () => withServer("long", async (rig) => {
  await condition("it is taken to hang", waitMsMax, () => /has not answered/.test(rig.logged.join("\n")));
  assert.match(await ask(rig), /^open: node/);
}, { hurry: (delayMs) => delayMs / 60 }));

test("answers of any shape are no names", () => withServer("nonsense", async (rig) => {
  const answers: string[] = [];
  for (let time = 0; time < 6; time += 1) answers.push(await ask(rig));
  assert.deepEqual(new Set(answers), new Set(["open: the list of names can't be read", "open: only words of the text are known there"]));
  assert.equal(server(rig)?.state, "ready");
}));

test("a server that refuses is asked again, and its reason is told", () => withServer("refuses", async (rig) => {
  assert.equal(await ask(rig), "open: node refuses: out of order");
  assert.equal(server(rig)?.state, "ready");
  assert.deepEqual(rig.statisticsOf("node")?.openReasons, { "node refuses: out of order": 1 });
}));

test("a server that reads nothing is taken to hang", () => withServer("deaf", async (rig) => {
  rig.open("other.ts", "y".repeat(1_000_000));
  await condition("it is ended", waitMsMax, () => /has not answered/.test(rig.logged.join("\n")));
}, { hurry: (delayMs) => delayMs / 60 }));

test("a program that isn't there is told, and nothing is started", async () => {
  const rig = new MonitorRig({ servers: ["typescript=no-such-program --stdio"] });
  rig.open("main.ts", "x.");
  assert.equal(shown(await rig.ask("main.ts", "x.▮")), "open: no language server serves the document");
  assert.match(rig.logged.join("\n"), /No language server for typescript: no-such-program is not on PATH outside the workspace/);
  assert.equal(rig.statisticsOf("no-such-program")?.server?.state, "missing");
  await rig.close();
});

test("a program that can't be run", async () => {
  const rig = new MonitorRig({ servers: ["typescript=/dev/null"] });
  assert.match(rig.logged.join("\n"), /\/dev\/null is not a program that can be run/);
  await rig.close();
});

test("no server is started in a workspace that isn't trusted, and one is once it is", async () => {
  const mark = `untrusted-${process.pid}`;
  const rig = new MonitorRig({ servers: [`typescript=${stubServer("good", mark)}`], settings: { trustWorkspace: false } });
  rig.open("main.ts", "x.");
  assert.equal(shown(await rig.ask("main.ts", "x.▮")), "open: no language server serves the document");
  assert.equal(rig.statisticsOf(process.execPath)?.server?.reason, "the workspace is not trusted");
  assert.deepEqual(processesMarked(mark), []);
  assert.equal(rig.service.configure({ trustWorkspace: true }).needsTexts, true);
  rig.open("other.ts", "x.");
  assert.equal(rig.service.statistics().some(({ server }) => server?.state === "missing"), false);
  await rig.close();
});

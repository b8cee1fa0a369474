// Owns telling run.mjs what a test file does: one JSON line an event, marked so that a test's own output can't pass for one.
// Knows nothing of counting. The last line says that the file came to its end.
export const mark = "\u0001palimpsest-test ";

export default async function* report(events) {
  for await (const event of events) {
    if (event.type === "test:pass" || event.type === "test:fail") yield `\n${mark}${JSON.stringify(described(event))}\n`;
  }
  yield `\n${mark}${JSON.stringify({ kind: "end" })}\n`;
}

function described({ type, data }) {
  const error = data.details.error;
  // A parent fails because a child did; the child is told of by itself.
  if (data.details.type === "suite" || error?.failureType === "subtestsFailed") return { kind: "parent" };
  const name = data.name;
  const ms = data.details.duration_ms;
  if (data.skip !== undefined) return { kind: "skipped", name, reason: data.skip === true ? "no reason given" : data.skip };
  if (data.todo !== undefined) return { kind: "failed", name, ms, detail: "marked as todo" };
  if (type === "test:pass") return { kind: "passed", name, ms };
  const cause = error?.cause ?? error;
  return { kind: "failed", name, ms, detail: String(cause?.stack ?? cause) };
}

// Owns where in a line the name begins that it ends with: both ends of the wire ask for all names there, not for those that go on
// as it begins. Pure; knows no language but for how most write strings.

/** Where the name that `line` ends with begins, of which all, some or nothing is there; and whether it stands between quotes. */
export interface NameStart {
  readonly offset: number;
  readonly quoted: boolean;
}

/** @param line the text before a place, from the start of its line on */
export function nameStart(line: string): NameStart {
  const quote = openQuote(line);
  if (quote !== undefined) return { offset: quote + 1, quoted: true };
  return { offset: line.length - (/[\p{ID_Continue}$\u200c\u200d]*$/u.exec(line)?.[0].length ?? 0), quoted: false };
}

/** The quote at which a string begins that the line doesn't end; templates may hold code, which may hold strings. */
function openQuote(line: string): number | undefined {
  const open: { readonly mark: string; readonly offset: number }[] = [];
  for (let offset = 0; offset < line.length; offset += 1) {
    const mark = line.charAt(offset);
    const inside = open.at(-1)?.mark;
    if (inside === '"' || inside === "'") {
      if (mark === "\\") offset += 1;
      else if (mark === inside) open.pop();
    } else if (inside === "`") {
      if (mark === "\\") offset += 1;
      else if (mark === "`") open.pop();
      else if (mark === "$" && line.charAt(offset + 1) === "{") {
        open.push({ mark: "{", offset });
        offset += 1;
      }
    } else if (mark === '"' || mark === "`" || (mark === "'" && !/[\p{ID_Continue}]/u.test(line.charAt(offset - 1)))) open.push({ mark, offset });
    else if (inside === "{" && mark === "{") open.push({ mark, offset });
    else if (inside === "{" && mark === "}") open.pop();
  }
  const last = open.at(-1);
  return last !== undefined && (last.mark === '"' || last.mark === "'") ? last.offset : undefined;
}

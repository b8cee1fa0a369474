// Owns patterns of paths as .gitignore writes them: which paths a list of lines excludes. Looks at names only.
// https://git-scm.com/docs/gitignore#_pattern_format; a path is matched as a file's, with each of its folders.

export interface IgnoreRule {
  readonly pattern: RegExp;
  /** `!`: what it matches is taken back in. */
  readonly takesBack: boolean;
}

/** One rule a line; blank lines and comments are none. A line that is no pattern matches nothing. */
export function ignoreRules(lines: readonly string[]): readonly IgnoreRule[] {
  return lines.flatMap((line) => {
    const trimmed = line.replace(/(?<!\\)\s+$/, "");
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const takesBack = trimmed.startsWith("!");
    const pattern = patternOf(takesBack ? trimmed.slice(1) : trimmed);
    return pattern === undefined ? [] : [{ pattern, takesBack }];
  });
}

/** @param path relative to the folder that the rules are for, with forward slashes and none at its start */
export function isIgnored(path: string, rules: readonly IgnoreRule[]): boolean {
  const parts = path.split("/");
  // What lies in an excluded folder can't be taken back, as in git.
  for (let count = 1; count <= parts.length; count += 1) {
    const part = parts.slice(0, count).join("/") + (count < parts.length ? "/" : "");
    let excluded = false;
    for (const { pattern, takesBack } of rules) if (pattern.test(part)) excluded = !takesBack;
    if (excluded) return true;
  }
  return false;
}

/** A folder's path is given with a slash behind it. */
function patternOf(line: string): RegExp | undefined {
  const folderOnly = line.endsWith("/");
  const body = line.replace(/^\//, "").replace(/\/$/, "");
  if (body === "") return undefined;
  const anchored = line.startsWith("/") || body.includes("/");
  try {
    return new RegExp(`^${anchored ? "" : "(?:.*/)?"}${globSource(body)}${folderOnly ? "/" : "/?"}$`);
  } catch {
    // A class such as [z-a]: git ignores such a line too.
    return undefined;
  }
}

function globSource(glob: string): string {
  let source = "";
  for (let index = 0; index < glob.length; index += 1) {
    const rest = glob.slice(index);
    const character = glob[index] ?? "";
    if (rest.startsWith("**/")) {
      source += "(?:.*/)?";
      index += 2;
    } else if (rest === "**") {
      source += ".*";
      index += 1;
    } else if (character === "*") source += "[^/]*";
    else if (character === "?") source += "[^/]";
    else if (character === "[") {
      const [whole = "", negation = "", members = ""] = /^\[([!^]?)(\]?[^\]]*)\]/.exec(rest) ?? [];
      if (whole === "") source += "\\[";
      else {
        source += `[${negation === "" ? "" : "^"}${members.replace(/[\\\]]/g, "\\$&")}]`;
        index += whole.length - 1;
      }
    } else if (character === "\\" && index + 1 < glob.length) {
      index += 1;
      source += escaped(glob[index] ?? "");
    } else source += escaped(character);
  }
  return source;
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
}

// Owns what `speed` can be told on its command line, and the help that says so. Reads no file and runs nothing.
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { isShapeName, shapeNames } from "../../support/modelShapes";
import type { ShapeName } from "../../support/modelShapes";
import { countOf, engineOf, engineOptions, parse } from "../options";
import type { EngineSettings } from "../options";
import { UsageError } from "../usageError";

export interface SpeedCommand {
  readonly kind: "speed";
  readonly shapes: readonly ShapeName[];
  /** Cells of the cache, which is filled. */
  readonly contextLengths: readonly number[];
  readonly engine: EngineSettings;
  readonly samples: number;
  /** Where models are written; each is removed when it has been measured. */
  readonly folder: string;
  readonly jsonPath: string | undefined;
}

export const speedHelp = `  speed                    time an insertion far above the cursor by model size and length of the file; the models have random weights
      --shape NAMES        of ${shapeNames.join(", ")}, with commas between (default: 0.5b): the shapes of Qwen2.5-Coder in Q8_0
      --context N,N        lengths of the cache, each filled without computing it (default: 2048,8192)
      --samples N          insertions timed, after one that isn't (default: 5)
      --out FOLDER         where to write the models; each is removed after its turn (default: the system's temporary folder)
      --json OUT           write the figures as JSON
      --threads, --gpu, --flash-attention as for replay
`;

/** @throws UsageError */
export function speedCommand(argv: readonly string[]): SpeedCommand {
  const { values } = parse(() => parseArgs({
    args: [...argv],
    options: { ...engineOptions, shape: { type: "string" }, samples: { type: "string" }, out: { type: "string" }, json: { type: "string" } },
  }));
  const { context = "2048,8192", shape = "0.5b", model, ...rest } = values;
  if (model !== undefined) throw new UsageError("speed makes its models itself: leave --model out");
  return {
    kind: "speed",
    shapes: shape.split(",").map(shapeOf),
    contextLengths: context.split(",").map(lengthOf),
    engine: engineOf(rest),
    samples: countOf(values.samples, "--samples") ?? 5,
    folder: values.out ?? tmpdir(),
    jsonPath: values.json,
  };
}

function shapeOf(name: string): ShapeName {
  if (!isShapeName(name)) throw new UsageError(`"${name}" is no shape; there are ${shapeNames.join(", ")}`);
  return name;
}

function lengthOf(text: string): number {
  const length = countOf(text, "--context") ?? 0;
  if (length < 1_024 || 131_072 < length) throw new UsageError(`--context: lengths from 1024 to 131072, not ${text}`);
  return length;
}

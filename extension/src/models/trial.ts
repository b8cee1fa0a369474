// Owns how the sidecar's program is told to load a model once and say how fast it is. Starts nothing.

export interface Trial {
  /** 0: loaded, not measured. */
  readonly seconds: number;
  /** Empty: the embedded model. */
  readonly modelPath: string;
  readonly gpu: string;
}

/** @param enginesFolder where engines for graphics cards are fetched to */
export function trialArguments({ seconds, modelPath, gpu }: Trial, enginesFolder: string): readonly string[] {
  return ["--measure", String(seconds), "--gpu", gpu, "--engines", enginesFolder, ...(modelPath === "" ? [] : ["--model", modelPath])];
}

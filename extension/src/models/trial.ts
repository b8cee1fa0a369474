// Owns how the sidecar's program is told to load a model once and say how fast it is. Starts nothing.

export interface Trial {
  /** 0: loaded, not measured. */
  readonly seconds: number;
  /** Empty: the embedded model. */
  readonly modelPath: string;
  readonly gpu: string;
}

export function trialArguments({ seconds, modelPath, gpu }: Trial): readonly string[] {
  return ["--measure", String(seconds), "--gpu", gpu, ...(modelPath === "" ? [] : ["--model", modelPath])];
}

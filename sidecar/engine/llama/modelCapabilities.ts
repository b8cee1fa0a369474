// Owns what an engine can do by its model and the context that is open: whether its cells move, and what moving and calling cost.
import type { EngineCapabilities } from "../engine";
import type { ModelHandle } from "./handles";
import type { LlamaContext } from "./llamaContext";
import type { ModelShape } from "./modelFile";
import { shiftCapability, type CacheType } from "./shiftCapability";
import { callCostTokens, shiftCostTokensOf } from "./stepCost";
import type { Symbols } from "./symbols";

export function modelCapabilities(
  symbols: Symbols, { pointer }: ModelHandle, context: LlamaContext, shape: ModelShape & { readonly cacheType: CacheType },
): Pick<EngineCapabilities, "modelName" | "shift" | "shiftCostTokens" | "callCostTokens"> {
  return {
    modelName: shape.name,
    shift: shiftCapability({
      ...shape,
      ropeType: symbols.modelRopeType(pointer),
      recurrent: symbols.modelIsRecurrent(pointer),
      hybrid: symbols.modelIsHybrid(pointer),
      memoryCanShift: context.canShift,
      slidingWindow: symbols.modelSlidingWindow(pointer),
    }),
    shiftCostTokens: shiftCostTokensOf(shape, context.length, shape.cacheType, Number(symbols.modelParameterCount(pointer))),
    callCostTokens,
  };
}

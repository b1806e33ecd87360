// Recomputes a batch of captures on the device.
import type { DflRecomputation } from '../../../contracts/dfl.ts';
import { assertDflInput, type DflInput, type Float32DflInput, isFloat32 } from '../contract.ts';
import { sumFloat64 } from '../cpu/float64-pass.ts';
import { finishRecomputation, type KernelSums } from '../kernel-sums.ts';
import type { WebgpuDevice } from './device.ts';
import { planDispatches } from './plan-dispatches.ts';
import { addResults, startSums } from './read-results.ts';
import { runDispatch } from './run-dispatch.ts';

/** Float32 holds every integer up to here, so that bins are told apart. */
const maxMagnitude = 2 ** 23;

/** Results in the order of the inputs. Rejects with DflBackendError. */
export async function recomputeBatch(opened: WebgpuDevice, inputs: readonly DflInput[]): Promise<DflRecomputation[]> {
  for (const input of inputs) assertDflInput(input);
  const sums = new Map<DflInput, KernelSums>();
  for (const input of inputs) sums.set(input, fitsKernel(input) ? startSums(input) : sumFloat64(input));
  for (const dispatch of planDispatches(inputs.filter(fitsKernel), opened.maxDispatchBytes)) {
    const { layout, results } = await runDispatch(opened, dispatch);
    for (const slice of layout.slices) addResults(sums.get(slice.slice.input) as KernelSums, slice, results);
  }
  return inputs.map((input) => finishRecomputation(input, sums.get(input) as KernelSums));
}

/** The few others are computed in float64 beside the device. */
function fitsKernel(input: DflInput): input is Float32DflInput {
  return isFloat32(input) && Math.abs(input.lo) + input.bins <= maxMagnitude;
}

// Folds the library's part of a traceback, so that the frames of the trainer's own code stand out.
import type { ExceptionAnswer } from '../../../src/contracts/diagnosis.ts';

export type Frame = ExceptionAnswer['frames'][number];

export type FrameGroup = { kind: 'shown'; frame: Frame } | { kind: 'folded'; frames: Frame[] };

/** Neighbouring library frames become one folded group. The last frame raised the error, so it is always shown. */
export function foldFrames(frames: readonly Frame[]): FrameGroup[] {
  const groups: FrameGroup[] = [];
  frames.forEach((frame, index) => {
    const previous = groups.at(-1);
    if (frame.in_app || index === frames.length - 1) groups.push({ kind: 'shown', frame });
    else if (previous?.kind === 'folded') previous.frames.push(frame);
    else groups.push({ kind: 'folded', frames: [frame] });
  });
  return groups;
}

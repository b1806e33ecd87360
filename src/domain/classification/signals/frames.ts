// Signals about where in the code the failure surfaced.
import { matchFrame } from '../match-rules.ts';
import { present, type SignalInput, type SignalRule } from './signal.ts';

const distributionLoss = '(?:^|[^A-Za-z])_?df_loss\\b|ppyoloe_\\w*head|gfl_head|pico_head|DFLoss|DistributionFocalLoss';
// A criterion made as a layer (nn/layer/loss.py) is given class ids; distribution losses call functional.cross_entropy themselves.
const classLoss =
  'cross_entropy_loss\\.py|/paddle/nn/layer/loss\\.py|/paddleseg/|/ppcls/|/ppocr/|/paddlenlp/|loss_cls|cls_loss|nll_loss\\b';
const segmentation = '/paddleseg/|segmentation|/mmseg/|semantic';

/** True when some frame is in a distribution focal loss or the head that calls it. */
export function isDistributionLoss(input: SignalInput): boolean {
  return hasFrame(input, distributionLoss);
}

/** True when some frame is in a loss over class ids and none is in a distribution focal loss. */
export function isClassLoss(input: SignalInput): boolean {
  return !isDistributionLoss(input) && hasFrame(input, classLoss);
}

function hasFrame({ exception, text }: SignalInput, expression: string): boolean {
  if (exception?.frames.some((frame) => matchFrame(expression, frame))) return true;
  // A pasted head of a traceback without its "Traceback" line still names its files.
  const regex = new RegExp(expression);
  return text?.frameLines.some((place) => regex.test(text.lines[place]?.replaceAll('\\', '/') ?? '')) ?? false;
}

export const frameSignals: SignalRule[] = [
  { id: 'frames.dfl', data: [], read: (input) => present(isDistributionLoss(input)) },
  { id: 'frames.class-loss', data: [], read: (input) => present(isClassLoss(input)) },
  {
    id: 'frames.segmentation',
    data: [],
    read: (input) =>
      present(
        hasFrame(input, segmentation) ||
          (input.text?.lines.some((line) => /\bPaddleSeg\b|\bmmseg\b/i.test(line.slice(0, 500))) ?? false),
      ),
  },
];

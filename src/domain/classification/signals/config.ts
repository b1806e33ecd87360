// Signals about the run's configuration.
import { present, type SignalRule } from './signal.ts';

/** Base learning rates above this are far beyond the published recipes of detectors (0.01 to 0.04 at full batch size). */
const highLearningRate = 0.1;

export const configSignals: SignalRule[] = [
  {
    id: 'config.reg-range-negative-lower',
    data: ['lo', 'hi'],
    read: ({ facts: { regRange } }) =>
      present(regRange !== null && regRange[0] < 0, { lo: regRange?.[0] ?? null, hi: regRange?.[1] ?? null }),
  },
  {
    id: 'config.num-classes-at-most-n',
    data: ['n', 'classes'],
    read: ({ matched, facts: { numClasses } }) =>
      present(numClasses !== null && matched.n !== undefined && Number(matched.n) >= numClasses, {
        n: matched.n ?? null,
        classes: numClasses,
      }),
  },
  { id: 'config.amp', data: [], read: ({ facts }) => present(facts.mixedPrecision === true) },
  {
    id: 'config.high-learning-rate',
    data: ['learning_rate'],
    read: ({ facts: { learningRate } }) =>
      present(learningRate !== null && learningRate > highLearningRate, { learning_rate: learningRate }),
  },
  { id: 'config.learning-rate-zero', data: [], read: ({ facts }) => present(facts.learningRate === 0) },
];

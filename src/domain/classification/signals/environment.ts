// Signals about framework, version, device and operating system. The 2.3.x GPU fault: Paddle#44721, #45007, #45464, PaddleDetection#6723;
// its fix is in develop since 2022-07-08 (Paddle#44181), so 2.4.0 final has it and 2.4.0rc0 is doubtful.
import { isVersionIn } from '../framework-version.ts';
import { present, type SignalRule } from './signal.ts';

export const affectedPaddle = '>=2.3.0rc0,<=2.4.0rc0';
const fixedPaddle = '>=2.4.0';
const beforePaddle = '<2.3.0rc0';

export const environmentSignals: SignalRule[] = [
  {
    id: 'env.paddle-2-3-gpu',
    data: ['version'],
    read: ({ facts: { paddleVersion, device } }) =>
      present(paddleVersion !== null && device === 'gpu' && isVersionIn(paddleVersion, affectedPaddle), {
        version: paddleVersion,
      }),
  },
  {
    id: 'env.paddle-fixed',
    data: ['version'],
    read: ({ facts: { paddleVersion } }) =>
      present(paddleVersion !== null && isVersionIn(paddleVersion, fixedPaddle), { version: paddleVersion }),
  },
  {
    id: 'env.paddle-before-2-3',
    data: ['version'],
    read: ({ facts: { paddleVersion }, matched }) => {
      if (paddleVersion !== null) return present(isVersionIn(paddleVersion, beforePaddle), { version: paddleVersion });
      return present(matched.wording === 'label should not' || matched.wording === 'class_dimension', {
        version: '2.2',
      });
    },
  },
  {
    // The words themselves date the installation: Paddle PR 40001 brought them, PR 46412 moved the check into the kernel.
    id: 'env.paddle-2-3-wording',
    data: [],
    read: ({ facts: { paddleVersion, device, framework }, matched }) =>
      present(
        paddleVersion === null &&
          device !== 'cpu' &&
          framework !== 'other' &&
          matched.n !== undefined &&
          matched.side !== undefined &&
          matched.wording === undefined,
      ),
  },
  { id: 'env.cpu', data: [], read: ({ facts }) => present(facts.device === 'cpu') },
  { id: 'env.windows', data: [], read: ({ facts }) => present(facts.os === 'windows') },
  { id: 'env.linux', data: [], read: ({ facts }) => present(facts.os === 'linux') },
  { id: 'env.not-paddle', data: [], read: ({ facts }) => present(facts.framework === 'other') },
];

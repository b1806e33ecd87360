// Texts with tracebacks and what must be read from them. Written for these tests after CPython's and Paddle's printing code.

export interface ExpectedException {
  type: string;
  message: string;
  /** function of each frame, or its file where it has none. */
  frames: string[];
}

export interface TracebackText {
  title: string;
  text: string;
  traces: { rank?: number; chain: ExpectedException[] }[];
}

const targetFrames = `  File "tools/train.py", line 31, in main
    run(cfg)
  File "D:\\work\\my project\\ppdet\\engine\\trainer.py", line 480, in train
    outputs = model(data)
  File "D:\\envs\\pd\\lib\\site-packages\\paddle\\nn\\functional\\loss.py", line 1719, in cross_entropy
    label_min.item()))
`;
const target = {
  type: 'ValueError',
  message: 'Target -1 is out of lower bound.',
  frames: ['main', 'train', 'cross_entropy'],
};
const metricLine =
  '[11/03 08:16:07] ppdet.engine INFO: Epoch: [0] [20/412] learning_rate: 0.0 loss: 4.1 eta: 1 day, 2:03:04 ips: 4.0 images/s\n';
const head = 'Traceback (most recent call last):\n';
const onRank = (rank: number, text: string) => text.trimEnd().replaceAll(/^/gm, `[rank${rank}]: `);

export const tracebacks: TracebackText[] = [
  {
    title: 'a plain traceback',
    text: `${head}${targetFrames}ValueError: Target -1 is out of lower bound.\n`,
    traces: [{ chain: [target] }],
  },
  {
    title: 'a traceback among log lines, with Windows line ends',
    text: `${metricLine}${head}${targetFrames}ValueError: Target -1 is out of lower bound.\n${metricLine}`.replaceAll(
      '\n',
      '\r\n',
    ),
    traces: [{ chain: [target] }],
  },
  {
    title: 'a traceback behind a progress bar and behind a log prefix',
    text: ` 33%|###  | 3/9 [00:01<00:03, 2.9it/s]${head}${targetFrames}ValueError: Target -1 is out of lower bound.
[11/03 08:16:07] ppdet.engine ERROR: ${head}${targetFrames}ValueError: Target -1 is out of lower bound.
`,
    traces: [{ chain: [target] }, { chain: [target] }],
  },
  {
    title: 'a traceback pasted with indentation, without any, and with its head cut off',
    text: `    ${`${head}${targetFrames}ValueError: Target -1 is out of lower bound.`.replaceAll('\n', '\n    ')}

${`${head}${targetFrames}`.replaceAll(/^ +/gm, '')}ValueError: Target -1 is out of lower bound.

ain()
${targetFrames}ValueError: Target -1 is out of lower bound.
`,
    traces: [{ chain: [target] }, { chain: [target] }, { chain: [target] }],
  },
  {
    title: "an exception's line alone",
    text: `${metricLine}ValueError: Target -1 is out of lower bound\nsaved\n${metricLine}`,
    traces: [{ chain: [{ type: 'ValueError', message: 'Target -1 is out of lower bound', frames: [] }] }],
  },
  {
    title: 'words and numbers that only look like exceptions',
    text: `Note: nothing
Error: could not open the display
MeanSquaredError: 0.125
DeprecationWarning: old
model.Head: built
  ValueError: indented words
ERROR: RuntimeError: seen and handled
INFO: SomeError: seen too
KeyboardInterrupt
loss: 3.0
`,
    traces: [],
  },
  {
    title: 'a chain with both links, where the last was raised finally',
    text: `${head}  File "a.py", line 1, in read
    d['x']
    ~^^^^^
KeyError: 'x'

The above exception was the direct cause of the following exception:

${head}  File "a.py", line 3, in load
    raise LoadError('no x') from error
pkg.io.LoadError: no x

During handling of the above exception, another exception occurred:

${head}  File "a.py", line 9, in <module>
    close()
AssertionError
`,
    traces: [
      {
        chain: [
          { type: 'KeyError', message: "'x'", frames: ['read'] },
          { type: 'pkg.io.LoadError', message: 'no x', frames: ['load'] },
          { type: 'AssertionError', message: '', frames: ['<module>'] },
        ],
      },
    ],
  },
  {
    title: 'repeated frames, elided source lines and marks',
    text: `${head}  File "r.py", line 4, in f
    return f(n,
           ~^^^
    ...<2 lines>...
             key)
             ^^^^
  [Previous line repeated 995 more times]
RecursionError: maximum recursion depth exceeded
`,
    traces: [{ chain: [{ type: 'RecursionError', message: 'maximum recursion depth exceeded', frames: ['f'] }] }],
  },
  {
    title: 'a script that does not parse',
    text: `  File "bad.py", line 7\n    def f(:\n          ^\nSyntaxError: invalid syntax\n`,
    traces: [{ chain: [{ type: 'SyntaxError', message: 'invalid syntax', frames: ['bad.py'] }] }],
  },
  {
    title: 'a message of several lines, ended by a log line',
    text: `${head}  File "a.py", line 1, in load
    model.load(x)
RuntimeError: Error(s) in loading state_dict for Net:
\tMissing key(s): "a.weight".
\tUnexpected key(s): "b.weight".
2026-11-03 08:00:00,123 - INFO - bye
`,
    traces: [
      {
        chain: [
          {
            type: 'RuntimeError',
            message:
              'Error(s) in loading state_dict for Net:\n\tMissing key(s): "a.weight".\n\tUnexpected key(s): "b.weight".',
            frames: ['load'],
          },
        ],
      },
    ],
  },
  {
    title: 'a message that an empty line ends when nothing known goes on',
    text: `${head}  File "a.py", line 1, in f\n    x\nValueError: bad\n\nThe weather is fine today\n`,
    traces: [{ chain: [{ type: 'ValueError', message: 'bad', frames: ['f'] }] }],
  },
  {
    title: 'a message with paragraphs that are indented',
    text: `${head}  File "a.py", line 1, in start
    p.start()
RuntimeError: 
        An attempt was made to start a process too early.

        Guard the main module:

            if __name__ == '__main__':

The end
`,
    traces: [
      {
        chain: [
          {
            type: 'RuntimeError',
            message:
              "An attempt was made to start a process too early.\n\n        Guard the main module:\n\n            if __name__ == '__main__':",
            frames: ['start'],
          },
        ],
      },
    ],
  },
  {
    title: "Paddle's short text, with hint and operator",
    text: `${head}  File "a.py", line 1, in f
    paddle.matmul(x, y)
ValueError: (InvalidArgument) Input Y's width should match X's height, but received 3 and 4.
  [Hint: Expected y_w == x_h, but received y_w:3 != x_h:4.] (at ..\\paddle\\phi\\infermeta\\binary.cc:2141)
  [operator < matmul_v2 > error]
`,
    traces: [
      {
        chain: [
          {
            type: 'ValueError',
            message: `(InvalidArgument) Input Y's width should match X's height, but received 3 and 4.
  [Hint: Expected y_w == x_h, but received y_w:3 != x_h:4.] (at ..\\paddle\\phi\\infermeta\\binary.cc:2141)
  [operator < matmul_v2 > error]`,
            frames: ['f'],
          },
        ],
      },
    ],
  },
  {
    title: "Paddle's long text, whose message begins with empty lines and a native stack",
    text: `${head}  File "a.py", line 1, in f
    paddle.matmul(x, y)
OSError: 

--------------------------------------
C++ Traceback (most recent call last):
--------------------------------------
0   phi::enforce::EnforceNotMet::EnforceNotMet(...)

----------------------
Error Message Summary:
----------------------
ExternalError: CUDA error(719), unspecified launch failure.
  [Hint: see the manual] (at /paddle/paddle/phi/backends/gpu/cuda/cuda_info.cc:259)

$ echo done
`,
    traces: [
      {
        chain: [
          {
            type: 'OSError',
            message: `--------------------------------------
C++ Traceback (most recent call last):
--------------------------------------
0   phi::enforce::EnforceNotMet::EnforceNotMet(...)

----------------------
Error Message Summary:
----------------------
ExternalError: CUDA error(719), unspecified launch failure.
  [Hint: see the manual] (at /paddle/paddle/phi/backends/gpu/cuda/cuda_info.cc:259)`,
            frames: ['f'],
          },
        ],
      },
    ],
  },
  {
    title: "Paddle's signal report, which has no Python traceback",
    text: `--------------------------------------
C++ Traceback (most recent call last):
--------------------------------------
No stack trace in paddle, may be caused by external reasons.

----------------------
Error Message Summary:
----------------------
FatalError: \`Segmentation fault\` is detected by the operating system.
  [TimeInfo: *** Aborted at 1 ***]
Segmentation fault (core dumped)
`,
    traces: [
      {
        chain: [
          {
            type: 'FatalError',
            message: '`Segmentation fault` is detected by the operating system.\n  [TimeInfo: *** Aborted at 1 ***]',
            frames: [],
          },
        ],
      },
    ],
  },
  {
    title: "a data loader's original traceback, which is the older exception",
    text: `${head}  File "train.py", line 3, in <module>
    for batch in loader:
ValueError: Caught ValueError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "/opt/py/lib/python3.10/site-packages/torch/utils/data/_utils/worker.py", line 308, in _worker_loop
    data = fetcher.fetch(index)
  File "set.py", line 8, in __getitem__
    raise ValueError('bad box')
ValueError: bad box

`,
    traces: [
      {
        chain: [
          { type: 'ValueError', message: 'bad box', frames: ['_worker_loop', '__getitem__'] },
          {
            type: 'ValueError',
            message: `Caught ValueError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "/opt/py/lib/python3.10/site-packages/torch/utils/data/_utils/worker.py", line 308, in _worker_loop
    data = fetcher.fetch(index)
  File "set.py", line 8, in __getitem__
    raise ValueError('bad box')
ValueError: bad box`,
            frames: ['<module>'],
          },
        ],
      },
    ],
  },
  {
    title: "a process pool's quoted traceback",
    text: `multiprocessing.pool.RemoteTraceback: 
"""
${head}  File "pool.py", line 5, in work
    1 / 0
ZeroDivisionError: division by zero
"""

The above exception was the direct cause of the following exception:

${head}  File "main.py", line 9, in <module>
    pool.map(work, x)
ZeroDivisionError: division by zero
`,
    traces: [
      {
        chain: [
          { type: 'ZeroDivisionError', message: 'division by zero', frames: ['work'] },
          { type: 'ZeroDivisionError', message: 'division by zero', frames: ['<module>'] },
        ],
      },
    ],
  },
  {
    title: 'two ranks whose lines alternate',
    text: (() => {
      const zero = onRank(0, `${head}${targetFrames}ValueError: Target 460 is out of upper bound.`).split('\n');
      const one = onRank(1, `${head}${targetFrames}ValueError: Target -1 is out of lower bound.`).split('\n');
      return `${zero.flatMap((line, i) => [line, one[i] ?? '']).join('\n')}\n`;
    })(),
    traces: [
      { rank: 0, chain: [{ ...target, message: 'Target 460 is out of upper bound.' }] },
      { rank: 1, chain: [target] },
    ],
  },
  {
    title: 'metric lines between frames',
    text: `${head}  File "a.py", line 1, in f\n    x\n${metricLine}  File "b.py", line 2, in g\n    y\n${metricLine}ValueError: bad\n`,
    traces: [{ chain: [{ type: 'ValueError', message: 'bad', frames: ['f', 'g'] }] }],
  },
  {
    title: 'failed device assertions before the error that they cause',
    text: `${'Error: /paddle/kernels/gpu/cross_entropy_kernel.cu:1008 Assertion `false` failed. The value of label expected >= 0 and < 6, or == -100, but got 9. Please check label value.\n'.repeat(40)}${head}  File "a.py", line 1, in f
    loss.backward()
OSError: (External) CUDA error(719), unspecified launch failure.
`,
    traces: [
      {
        chain: [{ type: 'OSError', message: '(External) CUDA error(719), unspecified launch failure.', frames: ['f'] }],
      },
    ],
  },
  {
    title: "mp.spawn's report, which quotes the traceback of its process",
    text: `${head}  File "train.py", line 5, in <module>
    mp.spawn(work, nprocs=2)
torch.multiprocessing.spawn.ProcessRaisedException: 

-- Process 1 terminated with the following error:
${head}  File "/opt/py/lib/python3.10/site-packages/torch/multiprocessing/spawn.py", line 74, in _wrap
    fn(i, *args)
  File "train.py", line 2, in work
    raise ValueError('bad')
ValueError: bad

`,
    traces: [
      {
        chain: [
          { type: 'ValueError', message: 'bad', frames: ['_wrap', 'work'] },
          {
            type: 'torch.multiprocessing.spawn.ProcessRaisedException',
            message: `-- Process 1 terminated with the following error:
${head}  File "/opt/py/lib/python3.10/site-packages/torch/multiprocessing/spawn.py", line 74, in _wrap
    fn(i, *args)
  File "train.py", line 2, in work
    raise ValueError('bad')
ValueError: bad`,
            frames: ['<module>'],
          },
        ],
      },
    ],
  },
  {
    title: 'an exception group with a nested group, and what it was raised from',
    text: `  + Exception Group Traceback (most recent call last):
  |   File "group.py", line 31, in run_all
  |     raise ExceptionGroup('two tasks failed', errors)
  | ExceptionGroup: two tasks failed (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "group.py", line 8, in one
    |     int('x')
    | ValueError: invalid literal
    | with a second line
    +---------------- 2 ----------------
    | ExceptionGroup: nested (1 sub-exception)
    +-+---------------- 1 ----------------
      | KeyError: 'k'
      +------------------------------------

The above exception was the direct cause of the following exception:

${head}  File "group.py", line 40, in main
    raise RuntimeError('all lost') from error
RuntimeError: all lost
`,
    traces: [
      {
        chain: [
          { type: 'ValueError', message: 'invalid literal\nwith a second line', frames: ['one'] },
          { type: 'KeyError', message: "'k'", frames: [] },
          { type: 'ExceptionGroup', message: 'nested (1 sub-exception)', frames: [] },
          { type: 'ExceptionGroup', message: 'two tasks failed (2 sub-exceptions)', frames: ['run_all'] },
          { type: 'RuntimeError', message: 'all lost', frames: ['main'] },
        ],
      },
    ],
  },
  {
    title: "a notebook's traceback, new style, with a chain",
    text: `---------------------------------------------------------------------------
KeyError                                  Traceback (most recent call last)
File D:\\envs\\pd\\lib\\site-packages\\ppdet\\core.py:88, in Registry.create(self, name)
     86 def create(self, name):
---> 88     return self.table[name]
     89 

KeyError: 'Head'

During handling of the above exception, another exception occurred:

ValueError                                Traceback (most recent call last)
Cell In[3], line 2
      1 config = load('a.yml')
----> 2 trainer = build(config)

ValueError: no such head
`,
    traces: [
      {
        chain: [
          { type: 'KeyError', message: "'Head'", frames: ['Registry.create'] },
          { type: 'ValueError', message: 'no such head', frames: ['Cell In[3]'] },
        ],
      },
    ],
  },
  {
    title: "a notebook's traceback, old style",
    text: `ResourceExhaustedError                    Traceback (most recent call last)
<ipython-input-7-0a1b2c3d> in <module>()
----> 1 fit(model)
/usr/lib/python3/site-packages/tensorflow/client/session.py in _do_call(self, fn, *args)
   1360       return fn(*args)
-> 1361     except errors.OpError as e:
   1362       raise
ResourceExhaustedError: OOM when allocating tensor
\t [[Node: mul_23]]
`,
    traces: [
      {
        chain: [
          {
            type: 'ResourceExhaustedError',
            message: 'OOM when allocating tensor\n\t [[Node: mul_23]]',
            frames: ['<module>', '_do_call'],
          },
        ],
      },
    ],
  },
  {
    title: "rich's box",
    text: `╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /home/me/train.py:12 in <module>                                             │
│                                                                              │
│    9 def main():                                                             │
│ ❱ 12 │   trainer.fit(model)                                                  │
│                                                                              │
│ /opt/py/lib/python3.10/site-packages/pl/trainer.py:88 in fit                 │
╰──────────────────────────────────────────────────────────────────────────────╯
MisconfigurationException: No training step
`,
    traces: [
      {
        chain: [{ type: 'MisconfigurationException', message: 'No training step', frames: ['<module>', 'fit'] }],
      },
    ],
  },
  {
    title: "loguru's report, without the values that it draws",
    text: `2026-11-03 08:16:07 | ERROR    | __main__:7 - An error has been caught in function '<module>', process 'MainProcess' (77), thread 'MainThread' (1):
${head}
> File "tools/train.py", line 80, in <module>
    main(token)
    │    └ 'secret'
    └ <function main at 0x7f00>

  File "tools/train.py", line 76, in main
    raise ValueError(token)

ValueError: bad box
`,
    traces: [{ chain: [{ type: 'ValueError', message: 'bad box', frames: ['<module>', 'main'] }] }],
  },
  {
    title: "tracebacks behind a collector's time, of two workers whose lines alternate",
    text: (() => {
      const of = (pid: number, text: string) =>
        text
          .trimEnd()
          .split('\n')
          .map((line, i) => `2026-11-03T08:16:0${i % 10}.12${pid}Z (Worker pid=${pid}) ${line}`);
      const one = of(7, `${head}${targetFrames}ValueError: Target 460 is out of upper bound.`);
      const two = of(8, `${head}${targetFrames}ValueError: Target -1 is out of lower bound.`);
      return `${one.flatMap((line, i) => [line, two[i] ?? '']).join('\n')}\nbye\n`;
    })(),
    traces: [{ chain: [{ ...target, message: 'Target 460 is out of upper bound.' }] }, { chain: [target] }],
  },
  {
    title: 'a traceback whose lines srun labels with the rank',
    text: `${`${head}${targetFrames}ValueError: Target -1 is out of lower bound.`.replaceAll(/^/gm, '3: ')}\n`,
    traces: [{ rank: 3, chain: [target] }],
  },
  {
    title: 'frames behind a time, whose head and indentation were lost',
    text: `2026-11-03 08:16:07.918 File "a.py", line 3, in f
2026-11-03 08:16:07.918 return g(x)
2026-11-03 08:16:07.919 RuntimeError: no
`,
    traces: [{ chain: [{ type: 'RuntimeError', message: 'no', frames: ['f'] }] }],
  },
  {
    title: 'an error file quoted by a launcher, indented behind a name',
    text: `  traceback : ${head}    File "train.py", line 9, in main
      boom()
  ValueError: bad
`,
    traces: [{ chain: [{ type: 'ValueError', message: 'bad', frames: ['main'] }] }],
  },
  {
    title: "errors whose names do not end like an exception's, and TensorFlow's pointer to a traceback above",
    text: `cv2.error: OpenCV(4.6.0) color.cpp:182: error: (-215:Assertion failed) !_src.empty() in function 'cvtColor'
[INFO] next
ResourceExhaustedError (see above for traceback): OOM when allocating tensor with shape[2,3]
`,
    traces: [
      {
        chain: [
          {
            type: 'cv2.error',
            message: "OpenCV(4.6.0) color.cpp:182: error: (-215:Assertion failed) !_src.empty() in function 'cvtColor'",
            frames: [],
          },
        ],
      },
      {
        chain: [{ type: 'ResourceExhaustedError', message: 'OOM when allocating tensor with shape[2,3]', frames: [] }],
      },
    ],
  },
  { title: 'a traceback that never came to its last line', text: `${head}${targetFrames}`, traces: [] },
];

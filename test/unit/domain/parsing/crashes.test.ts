import { describe, expect, it } from 'vitest';
import { parseText } from '../../../../src/domain/parsing/parse-text.ts';
import type { CrashReports, ProcessDeath } from '../../../../src/domain/parsing/types.ts';
import * as texts from './crash-texts.ts';

const parse = (text: string) => parseText(text, []);

describe('failed assertions of a device', () => {
  it('are folded into one with their count', () => {
    const { assertions } = parse(texts.assertionFlood);
    expect(assertions).toMatchObject([
      {
        condition: 'cur_target >= 0 && cur_target < n_classes',
        kernel: 'nll_loss_forward_no_reduce_cuda_kernel',
        file: '/pytorch/aten/src/ATen/native/cuda/Loss.cu',
        line: 245,
        count: 300,
        lines: [0, 299],
      },
    ]);
  });

  it('may come from Windows, where the kernel is not named', () => {
    expect(parse(texts.windowsAssertion).assertions).toMatchObject([
      {
        file: 'C:\\actions-runner\\_work\\pytorch\\aten\\src\\ATen\\native\\cuda\\IndexKernel.cu',
        line: 92,
        kernel: null,
      },
    ]);
  });

  it("are Paddle's too, behind a progress bar, and say the value", () => {
    expect(parse(texts.paddleAssertion).assertions).toMatchObject([
      {
        file: '/paddle/paddle/phi/kernels/gpu/cross_entropy_kernel.cu',
        line: 1008,
        condition: 'false',
        message: 'The value of label expected >= 0 and < 6, or == -100, but got 9. Please check label value.',
        count: 2,
      },
    ]);
  });

  it("are HIP's too", () => {
    const { assertions, aborts } = parse(texts.hipAssertion);
    expect(assertions).toMatchObject([{ condition: 'srcIndex < srcSelectDimSize', kernel: 'indexSelect' }]);
    expect(aborts).toEqual([]);
  });
});

describe('errors of native code', () => {
  it("are read from Paddle's summary, with hint, place, operator and stack", () => {
    expect(parse(texts.paddleSummary).nativeErrors).toEqual([
      {
        origin: 'paddle',
        type: 'InvalidArgumentError',
        message: 'The shapes of X [2, 3] and Y [4] do not fit.',
        hint: 'Expected x_dims[1] == y_dims[0], but received x_dims[1]:3 != y_dims[0]:4.',
        operator: 'matmul_v2',
        place: { file: '/paddle/paddle/phi/infermeta/binary.cc', line: 78 },
        stack: [
          'paddle::imperative::Tracer::TraceOp(std::string const&)',
          'phi::enforce::EnforceNotMet::EnforceNotMet(phi::ErrorSummary const&)',
        ],
        rank: null,
        lines: [8, 12],
      },
    ]);
  });

  it("are read from Paddle's short form and from its older ones", () => {
    const short =
      'OSError: (External) CUDA error(719), unspecified launch failure. \n  [Hint: see] (at ..\\paddle\\cuda_info.cc:259)\n';
    expect(parse(short).nativeErrors).toMatchObject([
      {
        type: 'ExternalError',
        message: 'CUDA error(719), unspecified launch failure.',
        hint: 'see',
        place: { file: '..\\paddle\\cuda_info.cc', line: 259 },
      },
    ]);
    const old = 'Error Message Summary:\n---------\nError: label out of range at (/paddle/cross_entropy_op.h:173)\n';
    expect(parse(old).nativeErrors).toMatchObject([
      { type: 'Error', message: 'label out of range', place: { file: '/paddle/cross_entropy_op.h', line: 173 } },
    ]);
  });

  it('are read from what nothing caught, with its stack', () => {
    const { nativeErrors, aborts, deaths } = parse(texts.uncaught);
    expect(nativeErrors).toMatchObject([
      {
        origin: 'torch',
        type: 'c10::DistBackendError',
        place: { file: '/pytorch/c10/cuda/CUDAException.cpp', line: 43 },
        stack: ['<unknown function>', 'c10::Error::Error(c10::SourceLocation, std::string)'],
      },
    ]);
    expect(nativeErrors[0]?.message).toContain('CUDA error: an illegal memory access was encountered');
    expect(aborts).toMatchObject([{ reporter: 'terminate', signal: 'SIGABRT', message: 'c10::DistBackendError' }]);
    expect(deaths).toMatchObject([{ reporter: 'shell', signal: 'SIGABRT' }]);
  });

  it('are read from the native stack of a Python exception', () => {
    expect(parse(texts.raisedInPython).nativeErrors).toMatchObject([
      {
        type: 'RuntimeError',
        message: 'The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0',
        place: { file: '/pytorch/aten/src/ATen/ExpandUtils.cpp', line: 35 },
        stack: [
          'c10::Error::Error(c10::SourceLocation, std::string)',
          'std::_Function_handler<void ()>::_M_invoke(std::_Any_data const&)',
        ],
      },
    ]);
  });

  it('are read from failed checks', () => {
    expect(parse(texts.failedCheck).nativeErrors).toMatchObject([
      {
        origin: 'check',
        message: 'Check failed: nullptr != handle Failed to find dynamic library: libcudnn.so',
        place: { file: 'loader.cpp', line: 104 },
        stack: ['main', 'google::LogMessage::Fail()'],
      },
    ]);
  });
});

describe('aborts', () => {
  it("bring the stack of faulthandler's current thread, oldest call first", () => {
    const [abort, ...others] = parse(texts.faulthandler).aborts;
    expect(others).toEqual([]);
    expect(abort).toMatchObject({
      reporter: 'faulthandler',
      signal: 'SIGSEGV',
      message: 'Segmentation fault',
      lines: [0, 9],
    });
    expect(abort?.frames.map((frame) => [frame.function, frame.line, frame.inApp])).toEqual([
      ['<module>', 20, true],
      ['step', 12, true],
      ['__call__', 502, false],
    ]);
  });

  it.each<[string, Partial<CrashReports['aborts'][number]>]>([
    [texts.paddleSignal, { reporter: 'paddle', signal: 'SIGSEGV', message: 'Segmentation fault' }],
    ['double free or corruption (!prev)\n', { reporter: 'glibc', signal: 'SIGABRT' }],
    ["python: malloc.c:2379: sysmalloc: Assertion `(old_top == initial_top (av))' failed.\n", { reporter: 'glibc' }],
    ['terminate called without an active exception\n', { reporter: 'terminate', message: 'no active exception' }],
    ['*** SIGBUS received at time=1760000000 on cpu 3 ***\n', { reporter: 'glog', signal: 'SIGBUS' }],
    ['[node-a:77] Signal: Segmentation fault (11)\n', { reporter: 'mpi', signal: 'SIGSEGV' }],
    ['Windows fatal exception: access violation\n', { reporter: 'windows', signal: 'SIGSEGV' }],
  ])('are read from %j', (text, expected) => {
    expect(parse(text).aborts).toMatchObject([expected]);
  });

  it("of Paddle's signal handler are not errors as well", () => {
    expect(parse(texts.paddleSignal).nativeErrors).toEqual([]);
  });
});

describe('deaths of processes', () => {
  it.each<[string, Partial<ProcessDeath>]>([
    ['Killed', { reporter: 'shell', signal: 'SIGKILL' }],
    [
      'run.sh: line 7:  4242 Killed                  python train.py',
      { reporter: 'shell', signal: 'SIGKILL', pid: 4242 },
    ],
    ['  5%|# | 5/99 [00:01<00:30, 5.02it/s]Segmentation fault (core dumped)', { reporter: 'shell', signal: 'SIGSEGV' }],
    ['zsh: killed     python train.py', { reporter: 'shell', signal: 'SIGKILL' }],
    ['[1]    5270 bus error (core dumped)  python train.py', { reporter: 'shell', signal: 'SIGBUS' }],
    [
      'Process finished with exit code -1073741819 (0xC0000005)',
      { reporter: 'shell', signal: 'SIGSEGV', exitCode: null },
    ],
    ['container exited with code 137', { reporter: 'shell', signal: 'SIGKILL' }],
    ['command terminated with exit code 2', { reporter: 'shell', signal: null, exitCode: 2 }],
    [
      '[99.1] Out of memory: Killed process 4242 (python) total-vm:9kB, anon-rss:8kB',
      { reporter: 'kernel', signal: 'SIGKILL', outOfMemory: true, pid: 4242, process: 'python' },
    ],
    [
      '[99.1] python[77]: segfault at 0 ip 00007f sp 00007f error 4 in libx.so',
      { reporter: 'kernel', signal: 'SIGSEGV', pid: 77 },
    ],
    ['slurmstepd: error: Detected 1 oom-kill event(s) in StepId=7.0.', { reporter: 'scheduler', outOfMemory: true }],
    [
      'slurmstepd: error: *** STEP 7.0 ON n1 CANCELLED AT 2026-11-03T08:16:07 DUE TO TIME LIMIT ***',
      { reporter: 'scheduler', isStopped: true },
    ],
    ['srun: error: n1: task 3: Segmentation fault', { reporter: 'scheduler', signal: 'SIGSEGV', rank: 3 }],
    ['srun: error: n1: tasks 4-7: Exited with exit code 1', { reporter: 'scheduler', exitCode: 1, rank: 4 }],
    ['    reason: OOMKilled', { reporter: 'scheduler', outOfMemory: true }],
    [
      'mpirun noticed that process rank 2 with PID 0 on node n1 exited on signal 9 (Killed).',
      { reporter: 'scheduler', signal: 'SIGKILL', rank: 2 },
    ],
    ['[INFO] Killing subprocess 42', { reporter: 'launcher', isConsequence: true, pid: 42 }],
    [
      'W1103 08:16:07.388000 5 api.py:723] Received 15 death signal, shutting down workers',
      { reporter: 'launcher', signal: 'SIGTERM', isStopped: true },
    ],
    [
      'W1103 08:16:07.388000 5 api.py:688] Received Signals.SIGHUP death signal, shutting down workers',
      { reporter: 'launcher', signal: 'SIGHUP', isStopped: true },
    ],
    ['Exception: process 1 terminated with signal SIGKILL', { reporter: 'launcher', signal: 'SIGKILL', rank: 1 }],
    [
      "subprocess.CalledProcessError: Command '['python']' died with <Signals.SIGSEGV: 11>.",
      { reporter: 'launcher', signal: 'SIGSEGV' },
    ],
    [
      "subprocess.CalledProcessError: Command '['python']' returned non-zero exit status 1.",
      { reporter: 'launcher', exitCode: 1 },
    ],
    [
      '[ERROR] [launch.py:321:sigkill_handler] [...] exits with return code = -9',
      { reporter: 'launcher', signal: 'SIGKILL' },
    ],
    [
      'RuntimeError: DataLoader worker (pid 23987) is killed by signal: Killed. ',
      { reporter: 'worker', signal: 'SIGKILL', pid: 23987 },
    ],
    [
      'SystemError: (Fatal) DataLoader process (pid   77) exited is killed by signal: Bus error.',
      { reporter: 'worker', signal: 'SIGBUS', pid: 77 },
    ],
    [
      'RuntimeError: DataLoader worker (pid(s) 77, 78) exited unexpectedly',
      { reporter: 'worker', signal: null, pid: 77 },
    ],
  ])('are read from %j', (line, expected) => {
    expect(parse(`step 1\n${line}\n`).deaths).toMatchObject([
      { line: 1, isConsequence: false, isStopped: false, outOfMemory: false, ...expected },
    ]);
  });

  it.each([
    'Killed by signal 15 is what ssh says when you leave',
    'All workers terminated normally',
    'Aborted epoch 3, restarting',
    'Process finished with exit code 0',
    'The exit status of the command is shown below',
    'I killed the process and bus errors went away',
  ])('are not read from %j', (line) => {
    expect(parse(line).deaths).toEqual([]);
  });
});

describe("a launcher's summary", () => {
  it('names the root cause first, with what its error file says', () => {
    const [summary] = parse(texts.elasticSummary).summaries;
    expect(summary?.program).toBe('train.py');
    expect(summary?.failures).toMatchObject([
      { rank: 1, localRank: 1, host: 'node-a', pid: 42, exitCode: 1, signal: null, time: '2026-11-03_08:16:06' },
      { rank: 0, pid: 41, exitCode: null, signal: 'SIGTERM', message: 'Signal 15 (SIGTERM) received by PID 41' },
    ]);
    expect(summary?.failures[0]?.message).toMatch(/ValueError: bad box$/);
  });

  it('gives what is left of it when its head was cut off', () => {
    const text = texts.elasticSummary.slice(texts.elasticSummary.indexOf('Root Cause'));
    expect(parse(text).summaries).toMatchObject([{ program: null, failures: [{ rank: 1, exitCode: 1 }] }]);
  });
});

describe("NCCL's watchdog", () => {
  it('is read once per rank and work, with the progress it prints later', () => {
    expect(parse(texts.watchdog).watchdogs).toMatchObject([
      {
        kind: 'timeout',
        rank: 3,
        seq: 1580,
        operation: 'ALLREDUCE',
        timeoutMs: 600_000,
        ranMs: 600_060,
        lastEnqueued: 1583,
        lastCompleted: 1579,
        count: 3,
        lines: [0, 2],
      },
    ]);
  });

  it('names the error that it met', () => {
    const [record] = parse(texts.uncaught).watchdogs;
    expect(record).toMatchObject({ kind: 'exception', rank: 3 });
    expect(record?.message).toBe('CUDA error: an illegal memory access was encountered');
  });
});

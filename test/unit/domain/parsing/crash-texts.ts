// Texts of crashes that are not Python tracebacks. Written for these tests after the code that prints them (torch, Paddle, CPython's
// faulthandler, glibc, bash, Linux, Slurm).

export const assertionFlood = `${Array.from(
  { length: 300 },
  (_, i) =>
    `/pytorch/aten/src/ATen/native/cuda/Loss.cu:245: nll_loss_forward_no_reduce_cuda_kernel: block: [0,0,0], thread: [${i},0,0] Assertion \`cur_target >= 0 && cur_target < n_classes\` failed.`,
).join('\n')}
Traceback (most recent call last):
  File "train.py", line 40, in step
    loss.backward()
RuntimeError: CUDA error: device-side assert triggered
CUDA kernel errors might be asynchronously reported at some other API call, so the stacktrace below might be incorrect.
`;

export const windowsAssertion =
  'C:\\actions-runner\\_work\\pytorch\\aten\\src\\ATen\\native\\cuda\\IndexKernel.cu:92: block: [3,0,0], thread: [64,0,0] Assertion `-sizes[i] <= index && index < sizes[i] && "index out of bounds"` failed.\n';

export const paddleAssertion = `Epoch 3:  4%|# | 3/80 [00:01<00:30, 2.5it/s]Error: /paddle/paddle/phi/kernels/gpu/cross_entropy_kernel.cu:1008 Assertion \`false\` failed. The value of label expected >= 0 and < 6, or == -100, but got 9. Please check label value.
Error: /paddle/paddle/phi/kernels/gpu/cross_entropy_kernel.cu:1008 Assertion \`false\` failed. The value of label expected >= 0 and < 6, or == -100, but got 7. Please check label value.
`;

export const hipAssertion =
  "/src/aten/native/hip/Indexing.hip:120: indexSelect: Device-side assertion `srcIndex < srcSelectDimSize' failed.\n";

export const paddleSummary = `
--------------------------------------
C++ Traceback (most recent call last):
--------------------------------------
0   paddle::imperative::Tracer::TraceOp(std::string const&)
1   phi::enforce::EnforceNotMet::EnforceNotMet(phi::ErrorSummary const&)

----------------------
Error Message Summary:
----------------------
InvalidArgumentError: The shapes of X [2, 3] and Y [4] do not fit.
  [Hint: Expected x_dims[1] == y_dims[0], but received x_dims[1]:3 != y_dims[0]:4.] (at /paddle/paddle/phi/infermeta/binary.cc:78)
  [operator < matmul_v2 > error]
`;

export const paddleSignal = `
--------------------------------------
C++ Traceback (most recent call last):
--------------------------------------
No stack trace in paddle, may be caused by external reasons.

----------------------
Error Message Summary:
----------------------
FatalError: \`Segmentation fault\` is detected by the operating system.
  [TimeInfo: *** Aborted at 1760000000 (unix time) try "date -d @1760000000" if you are using GNU date ***]
  [SignalInfo: *** SIGSEGV (@0x0) received by PID 77 (TID 0x7f) from PID 0 ***]
`;

export const uncaught = `terminate called after throwing an instance of 'c10::DistBackendError'
terminate called recursively
  what():  [PG ID 0 PG GUID 0(default_pg) Rank 3] Process group watchdog thread terminated with exception: CUDA error: an illegal memory access was encountered
CUDA kernel errors might be asynchronously reported at some other API call.

Exception raised from c10_cuda_check_implementation at /pytorch/c10/cuda/CUDAException.cpp:43 (most recent call first):
frame #0: c10::Error::Error(c10::SourceLocation, std::string) + 0x96 (0x7f3b6d41df86 in /opt/py/libc10.so)
frame #1: <unknown function> + 0xdc253 (0x7f3b in /usr/lib/libstdc++.so.6)

Aborted (core dumped)
`;

export const raisedInPython = `Traceback (most recent call last):
  File "x.py", line 3, in f
    torch.ones(2) + torch.ones(3)
RuntimeError: The size of tensor a (2) must match the size of tensor b (3) at non-singleton dimension 0
Exception raised from infer_size_impl at /pytorch/aten/src/ATen/ExpandUtils.cpp:35 (most recent call first):
C++ CapturedTraceback:
#4 std::_Function_handler<void ()>::_M_invoke(std::_Any_data const&) from Logging.cpp:0
#5 c10::Error::Error(c10::SourceLocation, std::string) from ??:0
`;

export const failedCheck = `F1103 08:16:07.250742  4452 loader.cpp:104] Check failed: nullptr != handle Failed to find dynamic library: libcudnn.so
*** Check failure stack trace: ***
    @     0x55629a4b34c5  google::LogMessage::Fail()
    @     0x55629a4b0001  main
`;

export const faulthandler = ` 12%|#   | 3/20 [00:01<00:07, 2.1it/s]Fatal Python error: Segmentation fault

Thread 0x00007fd03b9556c0 (most recent call first):
  File "/opt/py/lib/python3.10/threading.py", line 324 in wait
  File "/opt/py/lib/python3.10/threading.py", line 607 in wait

Current thread 0x00007fd03c7c8b80 (most recent call first):
  File "/opt/py/lib/python3.10/site-packages/torch/_ops.py", line 502 in __call__
  File "/home/me/train.py", line 12 in step
  File "/home/me/train.py", line 20 in <module>

Extension modules: numpy.core._multiarray_umath, torch._C (total: 2)
`;

export const elasticSummary = `W1103 08:16:07.310000 5 torch/distributed/elastic/multiprocessing/api.py:897] Sending process 41 closing signal SIGTERM
E1103 08:16:08.310000 5 torch/distributed/elastic/multiprocessing/api.py:869] failed (exitcode: 1) local_rank: 1 (pid: 42) of binary: /opt/py/bin/python
Traceback (most recent call last):
  File "/opt/py/bin/torchrun", line 8, in <module>
    sys.exit(main())
torch.distributed.elastic.multiprocessing.errors.ChildFailedError: 
============================================================
train.py FAILED
------------------------------------------------------------
Failures:
[1]:
  time      : 2026-11-03_08:16:07
  host      : node-a
  rank      : 0 (local_rank: 0)
  exitcode  : -15 (pid: 41)  (SIGTERM)
  error_file: <N/A>
  traceback : Signal 15 (SIGTERM) received by PID 41
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2026-11-03_08:16:06
  host      : node-a
  rank      : 1 (local_rank: 1)
  exitcode  : 1 (pid: 42)
  error_file: /tmp/torchelastic/error.json
  traceback : Traceback (most recent call last):
    File "train.py", line 9, in main
      raise ValueError('bad box')
  ValueError: bad box
  
============================================================
`;

export const watchdog = `[rank3]:[E1103 02:07:08.408271257 ProcessGroupNCCL.cpp:607] [Rank 3] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1580, OpType=ALLREDUCE, NumelIn=466, NumelOut=466, Timeout(ms)=600000) ran for 600060 milliseconds before timing out.
[rank3]:[E1103 02:07:08.906457629 ProcessGroupNCCL.cpp:1785] [PG ID 0 PG GUID 0(default_pg) Rank 3] Exception (either an error or timeout) detected by watchdog at work: 1580, last enqueued NCCL work: 1583, last completed NCCL work: 1579.
[rank3]:[E1103 02:07:09.408271257 ProcessGroupNCCL.cpp:607] [Rank 3] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=1580, OpType=ALLREDUCE, NumelIn=466, NumelOut=466, Timeout(ms)=600000) ran for 600061 milliseconds before timing out.
`;

// What a message says of its cause: texts whose first cause a person would name from their words alone.
import { describe, expect, it } from 'vitest';
import { diagnoseText } from '../../../src/flows/diagnose-text.ts';
import { readTestCatalog } from '../../support/catalog.ts';

const catalog = await readTestCatalog();

const raised = (error: string) =>
  `Traceback (most recent call last):\n  File "train.py", line 12, in <module>\n    main()\n${error}\n`;

const texts: [string, string, string][] = [
  [
    'autograd-error',
    'inplace-change',
    'RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: [torch.FloatTensor [16, 3]], which is output 0 of ReluBackward0',
  ],
  [
    'autograd-error',
    'graph-reused',
    'RuntimeError: Trying to backward through the graph a second time (or directly access saved tensors after they have already been freed).',
  ],
  [
    'autograd-error',
    'graph-cut',
    'RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn',
  ],
  [
    'autograd-error',
    'parameters-without-gradient',
    'RuntimeError: Expected to have finished reduction in the prior iteration before starting a new one.',
  ],
  [
    'api-incompatibility',
    'library-too-new',
    "AttributeError: module 'numpy' has no attribute 'int'.\n`np.int` was a deprecated alias for the builtin `int`.",
  ],
  [
    'api-incompatibility',
    'library-too-old',
    'ValueError: The checkpoint you are trying to load has model type `qwen9` but Transformers does not recognize this architecture.',
  ],
  ['api-incompatibility', 'packages-of-different-releases', 'RuntimeError: operator torchvision::nms does not exist'],
  [
    'checkpoint-mismatch',
    'wrapper-prefix',
    'RuntimeError: Error(s) in loading state_dict for Net:\n\tUnexpected key(s) in state_dict: "module.conv1.weight".',
  ],
  [
    'checkpoint-mismatch',
    'other-number-of-classes',
    'RuntimeError: Error(s) in loading state_dict for YOLO:\n\tsize mismatch for head.cls_preds.0.weight: copying a param with shape torch.Size([80, 256, 1, 1]) from checkpoint, the shape in current model is torch.Size([3, 256, 1, 1]).',
  ],
  [
    'checkpoint-mismatch',
    'optimizer-differs',
    "ValueError: loaded state dict contains a parameter group that doesn't match the size of optimizer's group",
  ],
  ['config-error', 'module-not-registered', "KeyError: 'PPYOLOEHead2 is not in the models registry'"],
  ['config-error', 'misspelt-or-unknown-option', 'train.py: error: unrecognized arguments: --epoch 3'],
  [
    'config-error',
    'contradicting-settings',
    'AssertionError: Check batch related parameters. train_batch_size is not equal to micro_batch_per_gpu * gradient_acc_step * world_size 32 != 4 * 2 * 8',
  ],
  [
    'cuda-out-of-memory',
    'memory-held-by-others',
    'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 172.00 MiB. GPU 0 has a total capacity of 23.65 GiB of which 96.06 MiB is free. Process 2214518 has 22.11 GiB memory in use.',
  ],
  ['disk-full', 'quota-or-inodes', "OSError: [Errno 122] Disk quota exceeded: '/home/li/output'"],
  ['dtype-mismatch', 'half-on-cpu', `RuntimeError: "addmm_impl_cpu_" not implemented for 'Half'`],
  [
    'dtype-mismatch',
    'double-from-numpy',
    'RuntimeError: mat1 and mat2 must have the same dtype, but got Double and Float',
  ],
  ['dtype-mismatch', 'label-or-index-type', 'RuntimeError: expected scalar type Long but found Float'],
  ['image-decode-failed', 'broken-image-file', "PIL.UnidentifiedImageError: cannot identify image file 'data/7.jpg'"],
  [
    'image-decode-failed',
    'unexpected-channels',
    "cv2.error: OpenCV(4.8.0) color.simd_helpers.hpp:92: error: (-2:Unspecified error) in function 'cvtColor'\n> Invalid number of channels in input image:",
  ],
  ['import-error', 'package-absent', "ModuleNotFoundError: No module named 'pycocotools'"],
  [
    'import-error',
    'version-differs',
    "ImportError: cannot import name 'packaging' from 'pkg_resources' (/usr/lib/python3/dist-packages/pkg_resources/__init__.py)",
  ],
  [
    'import-error',
    'extension-or-system-library',
    'ImportError: libGL.so.1: cannot open shared object file: No such file or directory',
  ],
  ['import-error', 'wrong-environment-or-path', 'ImportError: attempted relative import with no known parent package'],
  ['permission-denied', 'not-signed-in', 'huggingface_hub.errors.GatedRepoError: 401 Client Error.'],
  ['permission-denied', 'path-not-writable', "OSError: [Errno 30] Read-only file system: '/mnt/ckpt'"],
  [
    'shape-mismatch',
    'uneven-batch',
    'RuntimeError: stack expects each tensor to be equal size, but got [3, 640, 640] at entry 0 and [3, 640, 480] at entry 1',
  ],
  [
    'shape-mismatch',
    'size-not-a-multiple-of-stride',
    'RuntimeError: Sizes of tensors must match except in dimension 1. Expected size 125 but got size 124 for tensor number 1 in the list.',
  ],
  [
    'annotation-invalid',
    'malformed-boxes',
    'ValueError: All bounding boxes should have positive height and width. Found invalid box [10.0, 20.0, 10.0, 40.0] for target at index 0.',
  ],
];

describe('the likeliest cause', () => {
  it.each(texts)('of %s is %s', (name, cause, error) => {
    const answer = diagnoseText({ text: raised(error) }, { catalog, locale: 'en' });
    expect([answer.class, answer.causes[0]?.id]).toEqual([name, cause]);
  });
});

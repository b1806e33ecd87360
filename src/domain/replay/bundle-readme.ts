// What a replay bundle says of itself, in both languages.
import type { Locale } from '../../contracts/common.ts';
import { bundleFiles } from '../../contracts/replay-bundle.ts';

export interface ReadmeFacts {
  incident: string;
  title: string;
  run: string;
  madeAt: string;
}

export function bundleReadme({ incident, title, run, madeAt }: ReadmeFacts, locale: Locale): string {
  if (locale === 'zh')
    return `# ${title}

事件 ${incident}，运行 ${run}，制作于 ${madeAt}。

在本目录执行（只需 Node 20 或更高版本，不需要网络和其他软件）：

    node ${bundleFiles.script}

脚本先核对文件是否被改动，再以 float64 重新计算每个张量采集，由张量、堆栈与已记录的事实重新得出结论，并与保存的结论比较。
退出码：0 一致，1 有差异，2 文件缺失或被改动。

| 文件 | 内容 |
|---|---|
| incident.json | 事件全文：原因、证据、处理办法、时间线 |
| run.json | 运行的环境、配置、框架与标签 |
| captures/ | 张量（safetensors） |
| traces/ | 堆栈与崩溃报告原文 |
| logs/ | 事件前后的控制台输出 |
| metrics.json | 指标序列 |
| ${bundleFiles.evidence} | 结论所依据的事实 |
| ${bundleFiles.catalog} | 失败类别与知识 |
| ${bundleFiles.manifest} | 文件清单、校验和，以及未收入的内容 |
`;
  return `# ${title}

Incident ${incident}, run ${run}, made ${madeAt}.

Run this here (it needs Node 20 or later, and neither network nor other software):

    node ${bundleFiles.script}

The script checks that no file was changed, computes every capture of tensors anew in float64, makes the verdict anew from tensors, traces and
recorded facts, and compares it with the one that was stored. Exit status: 0 all agrees, 1 something differs, 2 a file is missing or was changed.

| file | what |
|---|---|
| incident.json | the whole incident: causes, evidence, remediations, timeline |
| run.json | environment, config, framework and tags of the run |
| captures/ | tensors (safetensors) |
| traces/ | tracebacks and crash reports as they came |
| logs/ | console output around the failure |
| metrics.json | series of the metrics |
| ${bundleFiles.evidence} | the facts that the verdict was made from |
| ${bundleFiles.catalog} | failure classes and what is known of them |
| ${bundleFiles.manifest} | files with their checksums, and what was left out |
`;
}

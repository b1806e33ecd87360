// Texts of users inside the small Markdown dialects of DingTalk and WeCom, which know no escaping: signs that would make a link, a tag or
// a mention are replaced by look-alikes.
const lookAlikes: Record<string, string> = {
  '<': '＜',
  '>': '＞',
  '[': '［',
  ']': '］',
  '@': '＠',
  '`': 'ˋ',
  '*': '＊',
};

export function plainMarkdown(text: string): string {
  return text.replace(/[<>[\]@`*]/g, (sign) => lookAlikes[sign] ?? sign);
}

// The word without which a bot of Feishu or DingTalk drops a message, where its owner chose that kind of protection.
import { Type } from 'typebox';

export const keywordSetting = {
  schema: Type.String({ minLength: 1, maxLength: 50 }),
  title: { en: 'Keyword', zh: '关键词' },
  description: {
    en: "The bot's keyword, where it demands one: it is put into every message",
    zh: '机器人设置了自定义关键词时填写，会写入每条消息',
  },
};

export type Language = "zh-CN" | "en";

const zh = {
  title: "开放接口",
  other: "English",
  contents: "目录",
  samples: "示例代码",
  samplesNote: "每个示例都会签名并调用 /api/v3/echo，读取环境变量 SIYU_URL、APP_ID、APP_KEY。",
  languages: "编程语言",
  copy: "复制",
  copied: "已复制",
  tried: {
    always: "发布前自动运行过",
    where_installed: "测试环境装有该语言时自动运行",
    never: "未自动运行过，按语言文档编写",
  },
  reference: "接口列表",
  referenceNote:
    "填入 appId 和 appKey 后，展开一个接口，点 “Try it out” 就会签名并调用这台服务器。两者只留在本页的内存里，不会保存。",
  appId: "appId",
  appKey: "appKey",
  document: "OpenAPI 文档",
};

const en: typeof zh = {
  title: "Open API",
  other: "中文",
  contents: "Contents",
  samples: "Samples",
  samplesNote: "Each signs and calls /api/v3/echo, and reads SIYU_URL, APP_ID and APP_KEY from the environment.",
  languages: "Languages",
  copy: "Copy",
  copied: "Copied",
  tried: {
    always: "run before every release",
    where_installed: "run in tests where the language is installed",
    never: "not run by us, written by the language's documentation",
  },
  reference: "Reference",
  referenceNote:
    "Enter appId and appKey, open a call and press “Try it out”: it is signed and sent to this server. Both stay in the memory of this page and are kept nowhere.",
  appId: "appId",
  appKey: "appKey",
  document: "OpenAPI document",
};

export const texts: Record<Language, typeof zh> = { "zh-CN": zh, en };

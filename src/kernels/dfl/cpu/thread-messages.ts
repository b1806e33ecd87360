// What travels between a thread and the runner that owns it: one request, then exactly one answer.
export type ThreadAnswer<Answer> = { answer: Answer } | { error: string };

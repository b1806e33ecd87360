/** The first line of a message that says something (Paddle's begin with empty lines and rules of dashes). */
export function firstLineOf(message: string): string {
  return (
    message
      .split('\n')
      .map((line) => line.trim())
      .find((line) => line !== '' && !/^[-=]{4,}$/.test(line)) ?? ''
  );
}

// What an error says: what kind of problem it is, in the reader's language, and beneath it what exactly, which the API tells in English.
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/call-api.ts';

/** Lines of text, for an element that says they are an error. */
export function ErrorWords({ error }: { error: Error }) {
  const { t } = useTranslation();
  if (error instanceof ApiError && error.status === 0) return t('unreachable');
  if (!(error instanceof ApiError) || error.code === null) return error.message;
  return (
    <>
      {t(`problem.${error.code}`)}
      <br />
      <span lang="en">{error.message}</span>
    </>
  );
}

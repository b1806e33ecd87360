// Other incidents with the same cause or class, and what mended them.
import { Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type SimilarPage, useSimilar } from '../api/related-queries.ts';
import { Ago } from '../components/ago.tsx';
import { StateBadge } from '../components/badges.tsx';
import { RouteLink } from '../components/route-link.tsx';
import { Section } from '../components/section.tsx';

export function Similar({ id }: { id: string }) {
  const { t } = useTranslation('incident');
  const { data } = useSimilar(id);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section title={t('similar')}>
      <Stack component="ul" gap="md" m={0} p={0} style={{ listStyle: 'none' }}>
        {data.items.map((item) => (
          <li key={item.id}>
            <SimilarIncident item={item} />
          </li>
        ))}
      </Stack>
    </Section>
  );
}

function SimilarIncident({ item }: { item: SimilarPage['items'][number] }) {
  const { t } = useTranslation('incident');
  return (
    <Stack gap={2}>
      <RouteLink to="/incidents/$id" params={{ id: item.id }} size="sm" fw={600}>
        {item.title}
      </RouteLink>
      <Group gap="xs">
        <StateBadge state={item.state} />
        <Text size="xs" c="dimmed">
          {t(item.same === 'cause' ? 'sameCause' : 'sameClass')} · {item.project} · <Ago time={item.last_seen_at} />
        </Text>
      </Group>
      {item.fixed_by.map(({ remediation_id: remediation, title, worked, failed }) => (
        <Text key={remediation} size="xs">
          {t('fixedBy', { title })} <span>({t('feedbackSoFar', { worked, failed })})</span>
        </Text>
      ))}
    </Stack>
  );
}

// The choices of a mute in a menu, opened by its button or by a key.
import { Button, Menu } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { MuteRequest } from '../../../src/contracts/incidents.ts';
import { muteChoices, muteRequest } from './mute-choices.ts';

interface MuteMenuProps {
  opened: boolean;
  onChange: (opened: boolean) => void;
  /** null ends a mute. */
  onMute: (mute: MuteRequest | null) => void;
  muted: boolean;
  /** Offered also where it is not known whether all are muted. */
  offersUnmute?: boolean;
  disabled?: boolean;
  size?: 'xs' | 'sm';
}

export function MuteMenu(props: MuteMenuProps) {
  const { opened, onChange, onMute, muted, offersUnmute = muted, disabled = false, size = 'sm' } = props;
  const { t } = useTranslation('incident');
  return (
    <Menu opened={opened} onChange={onChange} position="bottom-end" withinPortal trapFocus>
      <Menu.Target>
        <Button variant="default" size={size} disabled={disabled} aria-keyshortcuts="m">
          {t(muted ? 'muted' : 'mute')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('muteHint')}</Menu.Label>
        {muteChoices.map((choice) => (
          <Menu.Item key={choice} onClick={() => onMute(muteRequest(choice, Date.now()))}>
            {t(`muteChoice.${choice}`)}
          </Menu.Item>
        ))}
        {offersUnmute && (
          <>
            <Menu.Divider />
            <Menu.Item onClick={() => onMute(null)}>{t('unmute')}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

// A link inside the dashboard, looking like Mantine's anchors; address, parameters and search are checked by the router's types.
import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type PlainLinkProps = AnchorProps &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps> & { ref?: Ref<HTMLAnchorElement> };

function PlainLink(props: PlainLinkProps) {
  return <Anchor {...props} />;
}

export const RouteLink = createLink(PlainLink);

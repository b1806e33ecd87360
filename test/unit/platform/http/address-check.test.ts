import { describe, expect, it } from 'vitest';
import { createAddressCheck, findAllowProblem } from '../../../../src/platform/http/address-check.ts';

const none = createAddressCheck([]);

describe('the address check', () => {
  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946', '::ffff:8.8.8.8'])(
    'lets the public address %s pass',
    (address) => {
      expect(none.findProblem(address, 'example.org')).toBeNull();
    },
  );

  it.each([
    '127.0.0.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.1.1',
    '100.64.0.1',
    '192.0.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001:0:1::1',
    'fc00::1',
    'fe80::1',
    'ff02::1',
    '2001:db8::1',
    '3fff::1',
  ])('refuses %s', (address) => {
    expect(none.findProblem(address, 'example.org')).not.toBeNull();
  });

  it('lets allowed ranges, addresses and host names pass, and nothing beside them', () => {
    const check = createAddressCheck(['10.20.0.0/16', '192.168.1.5', 'hooks.lan', 'fd12::/16']);
    expect(check.findProblem('10.20.255.1', 'x')).toBeNull();
    expect(check.findProblem('::ffff:10.20.0.1', 'x')).toBeNull();
    expect(check.findProblem('192.168.1.5', 'x')).toBeNull();
    expect(check.findProblem('10.99.0.1', 'HOOKS.lan.')).toBeNull();
    expect(check.findProblem('fd12::1', 'x')).toBeNull();
    expect(check.findProblem('10.21.0.1', 'x')).not.toBeNull();
    expect(check.findProblem('192.168.1.6', 'x')).not.toBeNull();
    expect(check.findProblem('10.99.0.1', 'other.hooks.lan')).not.toBeNull();
    expect(check.findProblem('fd13::1', 'x')).not.toBeNull();
  });

  it.each(['::127.0.0.1', '4000::1', '::808:808'])('refuses %s: of IPv6 only 2000::/3 is public', (address) => {
    expect(createAddressCheck([]).findProblem(address, address)).toMatch(/not a public address/);
  });

  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    'fd00:ec2::254',
    'fd00:0ec2:0::0254',
    '169.254.170.2',
    '168.63.129.16',
    '100.100.100.200',
    'fd20:ce::254',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::168.63.129.16',
    '64:ff9b:1::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
  ])('refuses the metadata address %s whatever is allowed', (address) => {
    const check = createAddressCheck(['0.0.0.0/0', '::/0', '169.254.169.254', 'meta']);
    expect(check.findProblem(address, 'meta')).toContain('metadata');
  });
});

describe('an entry of the allow list', () => {
  it.each(['10.0.0.0/8', 'fd00::/8', '127.0.0.1', '::1', 'hooks.lan', 'localhost', 'a-b.example'])(
    'may be %s',
    (entry) => {
      expect(findAllowProblem(entry)).toBeNull();
    },
  );

  it.each(['10.0.0.0/33', '10.0.0/x', 'http://hooks.lan', '*.lan', '1.2.3.4.5', '300.1.1.1', '-x', 'a b'])(
    'may not be %s',
    (entry) => {
      expect(findAllowProblem(entry)).toContain(entry);
    },
  );
});

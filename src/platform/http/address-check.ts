// Which addresses an outgoing request may reach: public unicast ones, plus what the operator allows. Cloud metadata addresses are
// refused whatever is allowed.
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Services of clouds that hand out credentials or settings of the machine. */
const neverAllowed = [
  '169.254.169.254', // AWS, Azure, Google, Oracle, DigitalOcean, OpenStack, Tencent
  'fd00:ec2::254', // AWS
  '169.254.170.2', // AWS ECS, credentials of a task
  '169.254.170.23', // AWS EKS, identity of a pod
  'fd00:ec2::23',
  'fd20:ce::254', // Google
  '168.63.129.16', // Azure's WireServer, an address of the public kind
  '100.100.100.200', // Alibaba
  '192.0.0.192', // Oracle
].map((text) => ipaddr.parse(text).toNormalizedString());

export interface AddressCheck {
  /** Why the address may not be reached for this host name, or null when it may. */
  findProblem(address: string, host: string): string | null;
}

/** What is wrong with one entry of an allow list (CIDR, address or host name), or null. */
export function findAllowProblem(entry: string): string | null {
  if (entry.includes('/'))
    return ipaddr.isValidCIDR(entry) ? null : `${JSON.stringify(entry)} is not a CIDR such as 10.20.0.0/16`;
  if (ipaddr.isValid(entry)) return null;
  const isHost =
    /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(entry) &&
    !/^[0-9.]+$/.test(entry);
  return isHost ? null : `${JSON.stringify(entry)} is neither a CIDR, nor an address, nor a host name`;
}

/** `allow` holds CIDRs, addresses and host names; entries that are none of these match nothing. */
export function createAddressCheck(allow: readonly string[]): AddressCheck {
  const ranges = allow
    .filter((entry) => findAllowProblem(entry) === null)
    .map(toRange)
    .filter((range) => range !== null);
  const hosts = new Set(allow.map(toHost));
  return {
    findProblem(text, host) {
      if (!ipaddr.isValid(text)) return `${text} is not an address`;
      const address = ipaddr.process(text);
      if (neverAllowed.includes(throughTunnel(address).toNormalizedString()))
        return `${text} is a cloud metadata address, which is never reached`;
      if (isPublic(address) || hosts.has(toHost(host)) || ranges.some((range) => contains(range, address))) return null;
      return `${text} is not a public address; an operator can allow it with LOSSWATCH_OUTBOUND_ALLOW`;
    },
  };
}

const nat64 = [ipaddr.parseCIDR('64:ff9b::/96'), ipaddr.parseCIDR('64:ff9b:1::/48')];
const sixToFour = ipaddr.parseCIDR('2002::/16');

/** The IPv4 address that a NAT64 (RFC 6052, RFC 8215 with a prefix of 96 bits) or 6to4 (RFC 3056) address leads to; any other address itself. */
function throughTunnel(address: Address): Address {
  const bytes = address.toByteArray();
  if (nat64.some((prefix) => contains(prefix, address))) return ipaddr.fromByteArray(bytes.slice(12));
  if (contains(sixToFour, address)) return ipaddr.fromByteArray(bytes.slice(2, 6));
  return address;
}

/** Of IPv6 only 2000::/3 has been given out for global unicast (IANA's registry); ipaddr.js calls all that is left `unicast`. */
const globalUnicast = ipaddr.parseCIDR('2000::/3');

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || contains(globalUnicast, address);
}

function toHost(entry: string): string {
  return entry.toLowerCase().replace(/\.$/, '');
}

function toRange(entry: string): [Address, number] | null {
  if (entry.includes('/')) return ipaddr.parseCIDR(entry);
  if (!ipaddr.isValid(entry)) return null;
  const address = ipaddr.process(entry);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function contains([network, bits]: [Address, number], address: Address): boolean {
  return network.kind() === address.kind() && address.match(network, bits);
}

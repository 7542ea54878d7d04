import { describe, expect, it } from 'vitest'
import { refusesAddress } from './address.ts'

const PUBLIC = [
  '1.1.1.1',
  '93.184.215.14',
  '100.63.255.255',
  '172.32.0.1',
  '192.167.1.1',
  '2606:4700::1111',
  '2a00::1',
]
const OWN = [
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '100.64.0.1',
  '192.0.2.1',
  '198.18.0.1',
].concat(['203.0.113.80', 'fd12:3456::1', 'fc00::1', '2001:db8::1', '3fff::1'])
const NEVER = [
  '0.0.0.0',
  '127.0.0.1',
  '127.255.255.255',
  '169.254.169.254',
  '224.0.0.1',
  '255.255.255.255',
].concat([
  '168.63.129.16',
  '192.0.0.192',
  '100.100.100.200',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:1.1.1.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:0:1::1',
  'fe80::1',
  'fe80::1%eth0',
  'ff02::1',
  'fd00:ec2::254',
  'fd20:ce::254',
  '',
  'localhost',
  '127.1',
])

describe('refusesAddress', () => {
  it.each(PUBLIC)('lets %s pass, which is global unicast', (address) => {
    expect([refusesAddress(address, false), refusesAddress(address, true)]).toEqual([false, false])
  })

  it.each(OWN)('lets %s pass only for a host that the operator names', (address) => {
    expect([refusesAddress(address, false), refusesAddress(address, true)]).toEqual([true, false])
  })

  it.each(NEVER)('never lets %j pass', (address) => {
    expect([refusesAddress(address, false), refusesAddress(address, true)]).toEqual([true, true])
  })
})

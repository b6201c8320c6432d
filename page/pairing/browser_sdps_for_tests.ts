/**
 * Descriptions of a data channel as browsers write them: Chromium 156 and Firefox ESR 153 on Debian, a host with one
 * IPv4 and one IPv6 address. "Names": as a page without the camera gets them, with mDNS names for addresses. Taken
 * in a page on localhost, gathering awaited, of
 * `new RTCPeerConnection({ iceServers: [] })` with `createDataChannel("fieldmesh", { negotiated: true, id: 0 })`.
 */
export const chromiumOffer = sdp(`
v=0
o=- 7826552198128221253 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 50361 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 192.0.2.2
a=candidate:1835969862 1 udp 2122194687 192.0.2.2 50361 typ host generation 0 network-id 1
a=candidate:1780269558 1 udp 2122265343 fd00::2 43317 typ host generation 0 network-id 2
a=candidate:329338846 1 tcp 1518214911 192.0.2.2 9 typ host tcptype active generation 0 network-id 1
a=candidate:349381486 1 tcp 1518285567 fd00::2 9 typ host tcptype active generation 0 network-id 2
a=ice-ufrag:umgh
a=ice-pwd:2EMtzy9uPWisAfP+Nj4mkDoc
a=ice-options:trickle
a=fingerprint:sha-256 C5:E9:E2:D9:50:36:6A:EE:18:00:98:CD:45:AB:0C:42:9C:23:F7:2A:A4:43:79:3D:32:90:92:74:81:8A:D6:D3
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`);

export const chromiumAnswer = sdp(`
v=0
o=- 8020025056223103254 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 58918 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 192.0.2.2
a=candidate:2700375987 1 udp 2122194687 192.0.2.2 58918 typ host generation 0 network-id 1
a=candidate:2810583811 1 udp 2122265343 fd00::2 39512 typ host generation 0 network-id 2
a=ice-ufrag:LtLu
a=ice-pwd:v1ET2ATwKIIL/EtNSsIdWjEr
a=ice-options:trickle
a=fingerprint:sha-256 21:76:E4:33:F5:E5:72:AB:CF:0D:57:83:4C:D0:F4:69:A2:87:63:08:E9:05:CB:7A:6A:9C:78:F6:C0:B9:97:7D
a=setup:active
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`);

export const chromiumNamesOffer = sdp(`
v=0
o=- 1592268833580153996 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:2451713496 1 udp 2113937151 25e64bb2-dc8c-4ad3-90bf-f8a7a1ca45b6.local 58648 typ host generation 0 network-cost 999
a=candidate:2505064808 1 udp 2113942271 1abbf731-9f9f-4566-86e7-d4f3b763ce93.local 52026 typ host generation 0 network-cost 999
a=ice-ufrag:ojgp
a=ice-pwd:kYLe9yFdL1qWjsILvDN2QMpp
a=ice-options:trickle
a=fingerprint:sha-256 AF:F7:CF:3A:2E:7E:CC:C3:E8:4B:62:F1:5B:1C:9B:B6:84:44:AA:D6:4A:33:BE:31:BA:57:86:20:73:4A:7A:5D
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`);

export const chromiumNamesAnswer = sdp(`
v=0
o=- 2267571690398940962 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:3618458077 1 udp 2113937151 25e64bb2-dc8c-4ad3-90bf-f8a7a1ca45b6.local 53878 typ host generation 0 network-cost 999
a=candidate:3504285037 1 udp 2113942271 1abbf731-9f9f-4566-86e7-d4f3b763ce93.local 50932 typ host generation 0 network-cost 999
a=ice-ufrag:h1Pz
a=ice-pwd:kgj6Xxa8rkOLQ1cq/nXa1Dcx
a=ice-options:trickle
a=fingerprint:sha-256 1C:E1:77:77:4E:E6:77:AE:36:6C:57:8E:F7:5D:FE:8F:A8:F2:15:2C:62:18:92:55:93:F4:E3:A6:88:53:B4:AC
a=setup:active
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
`);

export const firefoxNamesOffer = sdp(`
v=0
o=mozilla...THIS_IS_SDPARTA-99.0 5036797510163383120 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 31:51:82:36:25:D3:E2:B8:E6:8E:E3:0B:9E:0A:0A:70:84:7E:CB:35:D9:BC:52:03:85:19:48:EC:0D:28:39:80
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122187007 582c5684-fd88-49fb-81fd-ec01e89fe3f0.local 36695 typ host
a=candidate:1 1 UDP 2122252543 edd2640a-1fb3-4c89-a698-489bc03500c3.local 36587 typ host
a=candidate:2 1 TCP 2105458943 582c5684-fd88-49fb-81fd-ec01e89fe3f0.local 9 typ host tcptype active
a=candidate:3 1 TCP 2105524479 edd2640a-1fb3-4c89-a698-489bc03500c3.local 9 typ host tcptype active
a=sendrecv
a=end-of-candidates
a=ice-pwd:a174b1c3bcb8a008528ca275ef0ab56a
a=ice-ufrag:b13464aa
a=mid:0
a=setup:actpass
a=sctp-port:5000
a=max-message-size:1073741823
`);

export const firefoxNamesAnswer = sdp(`
v=0
o=mozilla...THIS_IS_SDPARTA-99.0 2802683180225443773 0 IN IP4 0.0.0.0
s=-
t=0 0
a=sendrecv
a=fingerprint:sha-256 6B:10:C4:47:CB:C0:64:89:5F:45:63:59:B3:CE:0F:BD:23:82:C6:FD:14:94:4D:4B:46:23:F1:52:6E:D7:A4:6F
a=group:BUNDLE 0
a=ice-options:trickle
a=msid-semantic:WMS *
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=candidate:0 1 UDP 2122187007 fa89309a-1a89-472d-aa6e-66befb23d139.local 48534 typ host
a=candidate:1 1 UDP 2122252543 5bbe7f46-75c5-41e5-859c-41a2c12f2a13.local 50412 typ host
a=candidate:2 1 TCP 2105458943 fa89309a-1a89-472d-aa6e-66befb23d139.local 9 typ host tcptype active
a=candidate:3 1 TCP 2105524479 5bbe7f46-75c5-41e5-859c-41a2c12f2a13.local 9 typ host tcptype active
a=sendrecv
a=end-of-candidates
a=ice-pwd:7a35c0c5776d876aad2bc1eb0b94eb48
a=ice-ufrag:33ce31bd
a=mid:0
a=setup:active
a=sctp-port:5000
a=max-message-size:1073741823
`);

function sdp(lines: string): string {
  return lines.trimStart().replaceAll("\n", "\r\n");
}

// The load of "bench/run packets" in ns-3: hosts that send 1,000-byte packets over three links, their own (10 Mbit/s, 5 ms),
// a shared one (1 Mbit/s a host, 10 ms) and the victim's (100 Mbit/s, 2 ms), each with a queue of 100 ms. ns-3 carries no bytes
// of payload and computes no checksums here. The near router hands on what comes from its devices without IP, since ns-3's
// IP looks at all interfaces of a node for each packet: with 2,000 that takes a millisecond. Traffic control is off, so that each
// link has one queue.
//
// usage: packets HOSTS PACKETS-A-SECOND-OF-EACH PAYLOAD-BYTES SECONDS SEED. Prints packets sent and processor seconds.
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "ns3/core-module.h"
#include "ns3/internet-module.h"
#include "ns3/network-module.h"
#include "ns3/point-to-point-module.h"
#include "ns3/traffic-control-module.h"

using namespace ns3;

static uint64_t sent;
static uint64_t sentBefore;
static double startedAt;
static uint32_t payloadBytes;
static Time gap;

static double processorSeconds() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec + now.tv_nsec * 1e-9;
}

static void send(Ptr<Socket> socket) {
    socket->Send(Create<Packet>(payloadBytes));
    sent++;
    Simulator::Schedule(gap, &send, socket);
}

static void start() {
    sentBefore = sent;
    startedAt = processorSeconds();
}

static NetDeviceContainer join(Ptr<Node> a, Ptr<Node> b, uint64_t megabits, int delayMs) {
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", DataRateValue(DataRate(megabits * 1000000)));
    link.SetChannelAttribute("Delay", TimeValue(MilliSeconds(delayMs)));
    link.SetQueue("ns3::DropTailQueue", "MaxSize", QueueSizeValue(QueueSize(QueueSizeUnit::BYTES, megabits * 12500)));
    return link.Install(a, b);
}

static Ipv4InterfaceContainer address(Ipv4AddressHelper &addresses, NetDeviceContainer devices) {
    Ipv4InterfaceContainer given = addresses.Assign(devices);
    TrafficControlHelper().Uninstall(devices);
    addresses.NewNetwork();
    return given;
}

static Ptr<NetDevice> onward;

static bool forward(Ptr<NetDevice>, Ptr<const Packet> packet, uint16_t protocol, const Address &) {
    return onward->Send(packet->Copy(), onward->GetBroadcast(), protocol);
}

int main(int argc, char **argv) {
    if (argc != 6) {
        std::fprintf(stderr, "usage: packets HOSTS PACKETS-A-SECOND PAYLOAD-BYTES SECONDS SEED\n");
        return 2;
    }
    uint32_t hosts = std::atoi(argv[1]);
    gap = NanoSeconds(1000000000 / std::atoi(argv[2]));
    payloadBytes = std::atoi(argv[3]);
    double seconds = std::atof(argv[4]);
    RngSeedManager::SetSeed(1 + std::atoi(argv[5]));

    NodeContainer sources(hosts), routers(2), victim(1);
    InternetStackHelper stack;
    stack.SetIpv6StackInstall(false);
    stack.Install(sources);
    stack.Install(routers.Get(1));
    stack.Install(victim);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
    Ipv4InterfaceContainer last = address(addresses, join(routers.Get(1), victim.Get(0), 100, 2));
    NetDeviceContainer shared = join(routers.Get(0), routers.Get(1), hosts, 10);
    onward = shared.Get(0);
    address(addresses, shared.Get(1));
    Ptr<UniformRandomVariable> phase = CreateObject<UniformRandomVariable>();
    Ipv4StaticRoutingHelper routing;
    for (uint32_t i = 0; i < hosts; i++) {
        NetDeviceContainer own = join(sources.Get(i), routers.Get(0), 10, 5);
        own.Get(1)->SetReceiveCallback(MakeCallback(&forward));
        address(addresses, own.Get(0));
        routing.GetStaticRouting(sources.Get(i)->GetObject<Ipv4>())->SetDefaultRoute(Ipv4Address("10.255.255.254"), 1);
        Ptr<Socket> socket = Socket::CreateSocket(sources.Get(i), UdpSocketFactory::GetTypeId());
        socket->Bind();
        socket->Connect(InetSocketAddress(last.GetAddress(1), 7));
        Simulator::Schedule(Seconds(phase->GetValue(0, gap.GetSeconds())), &send, socket);
    }
    Ptr<Socket> sink = Socket::CreateSocket(victim.Get(0), UdpSocketFactory::GetTypeId());
    sink->Bind(InetSocketAddress(Ipv4Address::GetAny(), 7));
    uint64_t received = 0;
    sink->SetRecvCallback([&received](Ptr<Socket> from) {
        while (from->Recv())
            received++;
    });
    Time warm = Seconds(seconds / 2);
    Simulator::Schedule(warm, &start);
    Simulator::Stop(Seconds(seconds));
    Simulator::Run();
    std::printf("packets %lu seconds %.3f received %lu\n", (unsigned long)(sent - sentBefore),
                processorSeconds() - startedAt, (unsigned long)received);
    Simulator::Destroy();
    return 0;
}

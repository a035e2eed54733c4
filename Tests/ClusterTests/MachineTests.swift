import Basics
import Cluster
import Testing

@Suite struct MachineTests {
    /// Files that hold what a dictionary says.
    private func files(_ texts: [String: String], folders: [String: [String]] = [:]) -> SystemFiles {
        SystemFiles(read: { texts[$0] }, list: { folders[$0] ?? [] })
    }

    @Test("This machine has memory, at least one core, and a disk of some size")
    func current() {
        let machine = Machine.current(holding: "/tmp/no/such/folder")
        #expect(machine.memory >= .megabytes(16))
        #expect(machine.cores >= 1)
        #expect(!machine.disk.fileSystem.isEmpty)
        #expect(machine.disk.capacity.map { $0 >= .megabytes(16) } == true)
    }

    @Test(
        "The cores are those that the scheduler gives",
        arguments: [
            ("Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t0-1\n", 2),
            ("Cpus_allowed:\tff,ffffffff\n", 40), ("Cpus_allowed:\t00000000,00000001\n", 1),
            ("Cpus_allowed:\t0\n", nil),
            ("Name:\tx\n", nil), ("", nil),
        ])
    func affinity(status: String, cores: Int?) { #expect(Machine.allowedCores(status) == cores) }

    // MARK: - Control groups

    @Test(
        "The limit of a control group is a number of bytes, or none",
        arguments: [
            ("2147483648\n", ByteCount.gigabytes(2)), ("536870912", .megabytes(512)), ("max\n", nil), ("", nil),
            ("\n", nil), ("lots\n", nil),
        ])
    func limit(text: String, expected: ByteCount?) { #expect(ControlGroups.limit(text) == expected) }

    @Test(
        "The share of a control group is a number of cores, a part of one counted whole",
        arguments: [
            ("200000 100000\n", 2), ("150000 100000\n", 2), ("50000 100000", 1), ("max 100000\n", nil), ("", nil),
            ("0 100000\n", nil), ("100000 0\n", nil),
        ])
    func share(text: String, expected: Int?) { #expect(ControlGroups.share(text) == expected) }

    @Test("The least that a group or one above it allows holds")
    func groups() {
        let groups = ControlGroups("4:memory:/old\n0::/system.slice/parlor.service\n")
        #expect(
            groups.folders == [
                "/sys/fs/cgroup/system.slice/parlor.service", "/sys/fs/cgroup/system.slice", "/sys/fs/cgroup",
            ])
        let files = files([
            "/sys/fs/cgroup/system.slice/parlor.service/memory.max": "max\n",
            "/sys/fs/cgroup/system.slice/memory.max": "1073741824\n", "/sys/fs/cgroup/memory.max": "4294967296\n",
            "/sys/fs/cgroup/system.slice/parlor.service/cpu.max": "300000 100000\n",
        ])
        #expect(groups.memory(files) == .gigabytes(1))
        #expect(groups.cores(files) == 3)
        #expect(ControlGroups("").folders == ["/sys/fs/cgroup"])
        #expect(ControlGroups("0::/\n").memory(self.files([:])) == nil)
    }

    // MARK: - Disks

    private static let mounts = """
        22 27 0:21 / /proc rw,relatime - proc proc rw
        27 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,discard
        30 27 254:16 / /srv/data rw - xfs /dev/vdb rw
        31 27 0:40 / /srv/data/pool rw - btrfs /dev/nvme0n1p2 rw
        32 27 253:0 / /srv/with\\040space rw - ext4 /dev/mapper/group-volume rw
        33 27 0:41 / /mnt/far rw - nfs4 store:/data rw
        34 27 0:42 / /pool rw - zfs tank/data rw
        35 27 0:43 / /run rw - tmpfs tmpfs rw,size=64k
        36 27 7:0 / /hidden rw - ext4 /dev/loop0 rw
        37 27 0:44 / /hidden rw - tmpfs tmpfs rw
        broken line
        38 27 0:45 / /cut rw -

        """

    private static let devices = [
        "/sys/dev/block/8:1/uevent": "MAJOR=8\nMINOR=1\nDEVNAME=sda1\n",
        "/sys/dev/block/8:1/../queue/rotational": "1\n",
        "/sys/dev/block/254:16/uevent": "DEVNAME=vdb\n", "/sys/dev/block/254:16/queue/rotational": "1\n",
        "/sys/class/block/nvme0n1p2/uevent": "DEVNAME=nvme0n1p2\n",
        "/sys/class/block/nvme0n1p2/../queue/rotational": "0\n",
        "/sys/dev/block/253:0/uevent": "DEVNAME=dm-0\n", "/sys/dev/block/253:0/queue/rotational": "1\n",
        "/sys/dev/block/253:0/slaves/vda2/uevent": "DEVNAME=vda2\n",
        "/sys/dev/block/253:0/slaves/nvme1n1/uevent": "DEVNAME=nvme1n1\n",
        "/sys/dev/block/253:0/slaves/nvme1n1/queue/rotational": "0\n",
    ]

    @Test(
        "The disk of a path is that of the last and innermost mount, of its kind as the kernel knows it",
        arguments: [
            ("/", "ext4", Disk.Kind.rotating), ("/srv/database", "ext4", .rotating), ("/srv/data", "xfs", .virtual),
            ("/srv/data/x", "xfs", .virtual), ("/srv/data/pool/x", "btrfs", .solidState),
            ("/srv/with space/x", "ext4", .virtual), ("/mnt/far/x", "nfs4", .network), ("/pool/x", "zfs", .unknown),
            ("/run/x", "tmpfs", .solidState), ("/hidden/x", "tmpfs", .solidState), ("/cut", "ext4", .rotating),
        ])
    func disk(path: String, fileSystem: String, kind: Disk.Kind) {
        let files = files(Self.devices, folders: ["/sys/dev/block/253:0/slaves": ["nvme1n1", "vda2"]])
        #expect(Disk(of: path, mounts: Self.mounts, files) == Disk(fileSystem: fileSystem, kind: kind))
    }

    @Test(
        "Of a disk that nothing is said about, nothing is claimed", arguments: ["", "nothing here\n", "1 2 3 - 4 5\n"])
    func unknown(mounts: String) { #expect(Disk(of: "/srv", mounts: mounts, files([:])) == Disk()) }
}

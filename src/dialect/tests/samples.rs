//! A small log in each shipped dialect, and what it says.

/// A log, and what a reading of it must give.
pub struct Log {
    pub dialect: &'static str,
    /// Where such a log lies.
    pub path: &'static str,
    pub machine: u32,
    /// What files call the machines, where the dialect sorts them.
    pub machine_names: &'static [&'static str],
    pub text: &'static str,
    pub clock_rate: Option<f64>,
    pub events: &'static [&'static str],
    /// Lines that say nothing, blank ones among them.
    pub ignored: u64,
}

/// Every one is of a run of three machines.
pub const LOGS: &[Log] = &[
    Log {
        dialect: "notebook",
        path: "theirs/machine_1.txt",
        machine: 1,
        machine_names: &[],
        text: "Machine 1 log started at 2026-01-02 03:04:05.5\n\
               Clock rate: 3.5 ticks per second\n\
               2026-01-02 03:04:06 | INTERNAL | Clock: 1 | Internal event\n\
               2026-01-02 03:04:06 | SEND | Clock: 2 | Sent to machine 3 with delay 0.21s\n\
               2026-01-02 03:04:07 | SEND | Clock: 3 | Sent to all machines, Tick: 3\n\
               2026-01-02 03:04:07 | ERROR | Clock: 3 | trouble\n\
               2026-01-02 03:04:08 | RECEIVE | Clock: 9 | Message clock: 8, Queue length: 4, From: 2, Tick: 4, Waited: 7 us\n",
        clock_rate: Some(3.5),
        events: &[
            "3 I t=1767323046000000 c=1",
            "4 S t=1767323046000000 c=2 to=3",
            "5 S t=1767323047000000 c=3 to=all tick=3",
            "7 R t=1767323048000000 c=9 q=4 m=8 f=2 tick=4",
        ],
        ignored: 1,
    },
    Log {
        dialect: "tabs-named-fields",
        path: "experiment_logs/run_1/vm_0.log",
        machine: 1,
        machine_names: &[],
        text: "0.251\tInternal\tLogical Clock: 1\tQueue Length: 0\tNo external communication\n\
               0.502\tReceive\tLogical Clock: 7\tQueue Length: 2\tFrom Network\n\
               0.753\tSend\tLogical Clock: 8\tQueue Length: 0\tTo VM 1\n\
               1.004\tSend All\tLogical Clock: 9\tQueue Length: 0\tTo VMs [1, 2]\n",
        clock_rate: None,
        events: &[
            "1 I t=251000 c=1 q=0",
            "2 R t=502000 c=7 q=2",
            "3 S t=753000 c=8 q=0 to=2",
            "4 S t=1004000 c=9 q=0 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "brackets-info",
        path: "log_hist/logs_2/machine_1_log.txt",
        machine: 1,
        machine_names: &[],
        text: "Machine 1 initialized. Clock rate=5\n\
               [INTERNAL] SystemTime=1700000000.2500, LogicalClock=1, Info=old_clock=0\n\
               [RECEIVE] SystemTime=1700000000.5000, LogicalClock=4, Info=From=3, SenderClock=3, QueueSizeAfter=1, OldLocalClock=1\n\
               [SEND] SystemTime=1700000000.7500, LogicalClock=5, Info=To=2\n\
               [SEND] SystemTime=1700000001.0000, LogicalClock=6, Info=Broadcast to peers [2, 3]\n",
        clock_rate: Some(5.0),
        events: &[
            "2 I t=1700000000250000 c=1",
            "3 R t=1700000000500000 c=4 q=1 m=3 f=3",
            "4 S t=1700000000750000 c=5 to=2",
            "5 S t=1700000001000000 c=6 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "json-lines",
        path: "sample_logs/machine_2.log",
        machine: 2,
        machine_names: &[],
        text: "{\"event\": \"STARTUP\", \"system_time\": 1700000000.125, \"machine_id\": 2, \"clock_rate\": 4}\n\
               {\"event\": \"INTERNAL\", \"system_time\": 1700000000.25, \"machine_id\": 2, \"old_clock\": 0, \"new_clock\": 1}\n\
               {\"event\": \"RECEIVE\", \"system_time\": 1700000000.5, \"machine_id\": 2, \"old_clock\": 1, \"new_clock\": 6, \"queue_len\": 3}\n\
               {\"event\": \"SEND\", \"system_time\": 1700000000.75, \"machine_id\": 2, \"old_clock\": 6, \"new_clock\": 7, \"recipients\": [[\"localhost\", 5003]]}\n\
               {\"event\": \"SEND\", \"system_time\": 1700000001.0, \"machine_id\": 2, \"old_clock\": 7, \"new_clock\": 8, \"recipients\": [[\"localhost\", 5001], [\"localhost\", 5003]]}\n\
               {\"event\": \"END\", \"system_time\": 1700000001.5, \"machine_id\": 2, \"final_clock\": 8}\n",
        clock_rate: Some(4.0),
        events: &[
            "2 I t=1700000000250000 c=1",
            "3 R t=1700000000500000 c=6 q=3",
            "4 S t=1700000000750000 c=7 to=3",
            "5 S t=1700000001000000 c=8 to=all",
        ],
        ignored: 1,
    },
    Log {
        dialect: "sentence-commas",
        path: "main_experiment/run1/machine_0.log",
        machine: 1,
        machine_names: &[],
        text: "2026-01-02 03:04:05 - Machine initialized with clock rate: 2 ticks/second\n\
               2026-01-02 03:04:06 - Internal event, Logical clock: 1\n\
               2026-01-02 03:04:06 - Received message from Machine 2, Queue length: 5, Logical clock: 9\n\
               2026-01-02 03:04:07 - Sent message to Machine 1, Logical clock: 10\n\
               2026-01-02 03:04:07 - Sent message to ALL other machines, Logical clock: 11\n",
        clock_rate: Some(2.0),
        events: &[
            "2 I t=1767323046000000 c=1",
            "3 R t=1767323046000000 c=9 q=5 f=3",
            "4 S t=1767323047000000 c=10 to=2",
            "5 S t=1767323047000000 c=11 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "event-system-time",
        path: "logs/exp_1/run_1/process_2.log",
        machine: 2,
        machine_names: &[],
        text: "2> Event: Initialized on 54321 with clock rate 6 | System Time: 2026-01-02 03:04:05 | Logical Clock: 0 | Queue Length: 0\n\
               2> Event: Connected to machine 1 on port 12345 | System Time: 2026-01-02 03:04:05 | Logical Clock: 0 | Queue Length: 0\n\
               2> Event: Processed message | System Time: 2026-01-02 03:04:06 | Logical Clock: 4 | Queue Length: 3\n\
               2> Event: Sent message to machine 3 | System Time: 2026-01-02 03:04:06 | Logical Clock: 5 | Queue Length: 0\n\
               2> Event: Sent message to machine 1 | System Time: 2026-01-02 03:04:07 | Logical Clock: 6 | Queue Length: 0\n\
               2> Event: Sent message to machine 3 | System Time: 2026-01-02 03:04:07 | Logical Clock: 6 | Queue Length: 0\n\
               2> Event: Internal event | System Time: 2026-01-02 03:04:08 | Logical Clock: 7 | Queue Length: 0\n\
               2> Event: Stopped | System Time: 2026-01-02 03:04:08 | Logical Clock: 7 | Queue Length: 0\n",
        clock_rate: Some(6.0),
        events: &[
            "3 R t=1767323046000000 c=4 q=2",
            "4 S t=1767323046000000 c=5 q=0 to=3",
            "5 S t=1767323047000000 c=6 q=0 to=all",
            "7 I t=1767323048000000 c=7 q=0",
        ],
        ignored: 2,
    },
    Log {
        dialect: "commas-letters",
        path: "logs/A.csv",
        machine: 1,
        machine_names: &[],
        text: "INIT,A,3\nINTERNAL_EVENT,333,1\nRECEIVED,B,2,667,5\nSEND,C,1000,6\nMULTI_SEND,1333,7\n",
        clock_rate: Some(3.0),
        events: &[
            "2 I t=333000 c=1",
            "3 R t=667000 c=5 q=2 f=2",
            "4 S t=1000000 c=6 to=3",
            "5 S t=1333000 c=7 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "event-tabs",
        path: "logs/0-events-2:10.log",
        machine: 1,
        machine_names: &[],
        text: "Clock Speed: 3\n\
               Event: Internal Event\tGlobal Time: 1700000000.25\tLC: 1\n\
               Event: Receive\tGlobal Time: 1700000000.5\tMsgQueue Length: 1\tLC: 3\n\
               Event: Send to VM 2\tGlobal Time: 1700000000.75\tLC: 4\n\
               Event: Send to VMs 1 and 2\tGlobal Time: 1700000001.0\tLC: 5\n",
        clock_rate: Some(3.0),
        events: &[
            "2 I t=1700000000250000 c=1",
            "3 R t=1700000000500000 c=3 q=1",
            "4 S t=1700000000750000 c=4 to=3",
            "5 S t=1700000001000000 c=5 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "tabs-numbers",
        path: "Model_Logs/Trial_1/Log_2622.txt",
        machine: 2,
        machine_names: &["2621", "2622", "2623"],
        text: "COMMAND\tLOGICAL_TIME\tTRUE_TIME\tQUEUE_SIZE\tSELF_PORT\tSELF_INTERVAL\n\
               4\t1\t0.5000012\t0\t2622\t0.5\n\
               -1\t7\t1.0000034\t2\t2622\t0.5\n\
               1\t8\t1.5\t0\t2622\t0.5\n\
               3\t9\t2.0\t0\t2622\t0.5\n\
               10\t10\t2.5\t0\t2622\t0.5\n",
        clock_rate: Some(2.0),
        events: &[
            "2 I t=500001 c=1 q=0",
            "3 R t=1000003 c=7 q=2",
            "4 S t=1500000 c=8 q=0",
            "5 S t=2000000 c=9 q=0 to=all",
            "6 I t=2500000 c=10 q=0",
        ],
        ignored: 1,
    },
    Log {
        dialect: "six-numbers",
        path: "Trial1/machine1clock_speed4log.csv",
        machine: 2,
        machine_names: &[],
        // What is logged is the clock before: the last is one more than it was.
        text: "1,0,0,1700000000,0,0\n0,0,1,1700000001,1,3\n0,1,0,1700000001,9,2\n1,0,0,1700000002,10,0\n",
        clock_rate: Some(4.0),
        events: &[
            "1 I t=1700000000000000 c=1 q=0",
            "2 R t=1700000001000000 c=9 q=3",
            "3 S t=1700000001000000 c=10 q=2",
            "4 I t=1700000002000000 c=11 q=0",
        ],
        ignored: 0,
    },
    Log {
        dialect: "event-sender",
        path: "experiment1/client_2_events.log",
        machine: 2,
        machine_names: &[],
        text: "2026-01-02 03:04:05,427 - INFO - Clock rate for client 2: 1 events per second\n\
               2026-01-02 03:04:06,183 - INFO - EVENT: Send Msg | RECIPIENT: 1 | LOGICAL TIME: 1 | PHYSICAL TIME: 2026-01-02 03:04:06.18, MESSAGE QUEUE LENGTH: 0\n\
               \n\
               2026-01-02 03:04:07,364 - INFO - EVENT: Receive Msg | SENDER: 3 | LOGICAL TIME: 5 | PHYSICAL TIME: 2026-01-02 03:04:06.00, MESSAGE QUEUE LENGTH: 2\n\
               \n\
               2026-01-02 03:04:08,500 - INFO - EVENT: Internal | LOGICAL TIME: 6 | PHYSICAL TIME: 2026-01-02 03:04:08.50, MESSAGE QUEUE LENGTH: 0\n",
        clock_rate: Some(1.0),
        events: &[
            "2 S t=1767323046183000 c=1 q=0 to=1",
            "4 R t=1767323047364000 c=5 q=1 f=3",
            "6 I t=1767323048500000 c=6 q=0",
        ],
        ignored: 2,
    },
    Log {
        dialect: "sentences-epoch",
        path: "svm1_logs/vm1_03-02_11-08-06_clock_rate_5_log.txt",
        machine: 2,
        machine_names: &[],
        text: "Sent message Initialization message at 1700000000.125 with logical clock 1\n\
               Internal event occurred at 1700000000.25 with logical clock 2\n\
               Received message 0 15 at 1700000000.5 with logical clock 16\n",
        clock_rate: Some(5.0),
        events: &[
            "1 S t=1700000000125000 c=1",
            "2 I t=1700000000250000 c=2",
            "3 R t=1700000000500000 c=16 m=15 f=1",
        ],
        ignored: 0,
    },
    Log {
        dialect: "dash-event-clock",
        path: "experiments/default_run_1/machine_2.log",
        machine: 3,
        machine_names: &[],
        text: "2026-01-02 03:04:05,137 - Initialized VM 2 with clock rate 4 ticks/second\n\
               2026-01-02 03:04:05,140 - Server started on 127.0.0.1:5002\n\
               2026-01-02 03:04:05,141 - Connected to VM 0\n\
               2026-01-02 03:04:06,250 - Internal event | Logical clock: 1\n\
               2026-01-02 03:04:06,500 - Sent message to VM 0 at logical time 2\n\
               2026-01-02 03:04:06,750 - Sent message to VM 0 at logical time 3\n\
               2026-01-02 03:04:06,750 - Sent message to VM 1 at logical time 3\n\
               2026-01-02 03:04:07,000 - Received message from VM 1 | Queue length: 3 | Logical clock: 13\n",
        clock_rate: Some(4.0),
        events: &[
            "4 I t=1767323046250000 c=1",
            "5 S t=1767323046500000 c=2 to=1",
            "6 S t=1767323046750000 c=3 to=all",
            "8 R t=1767323047000000 c=13 q=3 f=2",
        ],
        ignored: 2,
    },
    Log {
        dialect: "parenthesised-times",
        path: "logs/1677715584.86_machine_1.log",
        machine: 2,
        machine_names: &[],
        text: "2026-01-02 03:04:05,978 : (System Time 2026-01-02 03:04:05.978853 - Logical Clock Time 1) Internal event occurred.\n\
               2026-01-02 03:04:06,983 : (System Time 2026-01-02 03:04:06.983025 - Logical Clock Time 5) Received a message. Current queue length is 1.\n\
               2026-01-02 03:04:07,993 : (System Time 2026-01-02 03:04:07.993665 - Logical Clock Time 7) Sent a message to 0.\n\
               2026-01-02 03:04:08,010 : (System Time 2026-01-02 03:04:08.010220 - Logical Clock Time 8) Sent a message to both other machines.\n",
        clock_rate: None,
        events: &[
            "1 I t=1767323045978853 c=1",
            "2 R t=1767323046983025 c=5 q=1",
            "3 S t=1767323047993665 c=7 to=1",
            "4 S t=1767323048010220 c=8 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "info-comma-ports",
        path: "multiprocessing/logs/7978.log",
        machine: 2,
        machine_names: &["7977", "7978", "7979"],
        text: "2026-01-02 03:04:05,058 INFO INTERNAL EVENT, global time: 1, local logical clock time:    1\n\
               2026-01-02 03:04:05,064 INFO RECEIVED MESSAGE:            3, global time: 1, local logical clock time: 4, message queue length: 1\n\
               2026-01-02 03:04:05,093 INFO SENT MESSAGE:                5, TO: 7979, global time:       4, local logical clock time: 5\n\
               2026-01-02 03:04:05,150 INFO SENT MESSAGE:                6, TO: 7977, 7979, global time:       9, local logical clock time: 6\n",
        clock_rate: None,
        events: &[
            "1 I t=1767323045058000 c=1",
            "2 R t=1767323045064000 c=4 q=1 m=3",
            "3 S t=1767323045093000 c=5 to=3",
            "4 S t=1767323045150000 c=6 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "pipes-vector-clock",
        path: "runs/run_1_process_0.log",
        machine: 1,
        machine_names: &[],
        text: "Running process at 3Hz\n\
               [1700000000250000999] | 1,0,0 | 0 | INTERNAL\n\
               [1700000000500000000] | 2,0,0 | 0 | DOUBLE SEND\n\
               [1700000000750000000] | 3,0,0 | 0 | SEND\n\
               [1700000001000000000] | 4,2,8 | 1 | RECEIVE\n",
        clock_rate: Some(3.0),
        events: &[
            "2 I t=1700000000250000 c=1 q=0",
            "3 S t=1700000000500000 c=2 q=0 to=all",
            "4 S t=1700000000750000 c=3 q=0",
            "5 R t=1700000001000000 c=14 q=1",
        ],
        ignored: 0,
    },
    Log {
        dialect: "action-vector-clock",
        path: "clock_cycle_456/trial1/Process1_2023-03-01 21:46:00.288190.txt",
        machine: 1,
        machine_names: &[],
        text: "2026-01-02:03:04:05,852, ACTION: INTERNAL, Logical Clock Time: [1, 0, 0]\n\
               2026-01-02:03:04:06,020, ACTION: SEND, Recipient Machine: 2, Logical Clock Time: [2, 0, 0]\n\
               2026-01-02:03:04:06,254, ACTION: RECEIVE, Logical Clock Time: [3, 0, 14], # of remaining messages: 2\n",
        clock_rate: None,
        events: &[
            "1 I t=1767323045852000 c=1",
            "2 S t=1767323046020000 c=2 to=2",
            "3 R t=1767323046254000 c=17 q=2",
        ],
        ignored: 0,
    },
    Log {
        dialect: "clock-pipe-no-day",
        path: "port_3056_log.txt",
        machine: 2,
        machine_names: &["2056", "3056", "4056"],
        text: "logical clock: 1 | sent: 1 | global time: 23:59:59.500000\n\
               logical clock: 2 | internal event | global time: 23:59:59.750000\n\
               logical clock: 5 | received | global time: 00:00:00.250000 | queue length: 1\n\
               logical clock: 6 | sent: 3 | global time: 00:00:00.500000\n",
        clock_rate: None,
        events: &[
            "1 S t=86399500000 c=1",
            "2 I t=86399750000 c=2",
            "3 R t=86400250000 c=5 q=1",
            "4 S t=86400500000 c=6 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "dash-system-time",
        path: "experiment_baseline/machine_1.log",
        machine: 2,
        machine_names: &[],
        text: "2026-01-02 03:04:05.f - Starting machine 1 with clock rate 6 ticks/second\n\
               2026-01-02 03:04:05.f - Internal event range: (4, 10)\n\
               2026-01-02 03:04:06.f - INTERNAL EVENT - System time: 1700000000.250000, Logical clock: 1\n\
               2026-01-02 03:04:06.f - SEND to 5002 - System time: 1700000000.500000, Logical clock: 2\n\
               2026-01-02 03:04:06.f - RECEIVE from 56314 - System time: 1700000000.750000, Queue length: 3, Logical clock: 9\n\
               2026-01-02 03:04:07.f - Machine 1 shutdown\n",
        clock_rate: Some(6.0),
        events: &[
            "3 I t=1700000000250000 c=1",
            "4 S t=1700000000500000 c=2 to=3",
            "5 R t=1700000000750000 c=9 q=3",
        ],
        ignored: 2,
    },
    Log {
        dialect: "words-spaces",
        path: "logs/normal1_0.txt",
        machine: 1,
        machine_names: &[],
        text: "send 1 0.25 1\nreceive 0.5 2 4\nsend 3 0.75 5\ninternal 1.0 6\n",
        clock_rate: None,
        events: &["1 S t=250000 c=1", "2 R t=500000 c=4 q=2", "3 S t=750000 c=5 to=all", "4 I t=1000000 c=6"],
        ignored: 0,
    },
    Log {
        dialect: "info-updated-clock",
        path: "experiments/experiment_run_1/machine1_log.txt",
        machine: 1,
        machine_names: &[],
        text: "2026-01-02 03:04:05,106 INFO: Machine machine1 initialized with tick rate 3 ticks per second\n\
               2026-01-02 03:04:05,113 INFO: gRPC server started on port 50051\n\
               2026-01-02 03:04:05,250 INFO: Internal event: updated logical clock to 1, system_time=1700000000\n\
               2026-01-02 03:04:05,400 INFO: Received message from machine3: received_clock=4, system_time=1700000000\n\
               2026-01-02 03:04:05,500 INFO: Processed received message: updated logical clock to 5, system_time=1700000000, queue_length=2\n\
               2026-01-02 03:04:05,749 INFO: Sent message to localhost:50053: sent_clock=6, system_time=1700000000\n\
               2026-01-02 03:04:05,750 INFO: Sent event to localhost:50053: updated logical clock to 6, system_time=1700000000\n\
               2026-01-02 03:04:06,000 INFO: Broadcast sent: updated logical clock to 7, system_time=1700000001\n",
        clock_rate: Some(3.0),
        events: &[
            "3 I t=1767323045250000 c=1",
            "5 R t=1767323045500000 c=5 q=2",
            "7 S t=1767323045750000 c=6 to=3",
            "8 S t=1767323046000000 c=7 to=all",
        ],
        ignored: 3,
    },
    Log {
        dialect: "run-clock-cycle",
        path: "results/simulation_0/simulation_0_logfile_vm1",
        machine: 1,
        machine_names: &[],
        text: "2026-01-02 03:04:05,576 - INFO - run_clock_cycle - Internal Update. Global Time: 1700000000.25, Logical clock time: 1\n\
               2026-01-02 03:04:05,576 - INFO - run_clock_cycle - Sent Message: the local clock time is 2 to machine 3, Global Time: 1700000000.5, Logical clock time: 2\n\
               2026-01-02 03:04:05,783 - INFO - run_clock_cycle - Received Message: the local clock time is 7, Global Time: 1700000000.75, Length of new message queue: 1, Logical clock time: 8\n\
               2026-01-02 03:04:06,295 - INFO - run_clock_cycle - Sent Message: the local clock time is 9 to machine 2 and 3, Global Time: 1700000001.0, Logical clock time: 9\n",
        clock_rate: None,
        events: &[
            "1 I t=1700000000250000 c=1",
            "2 S t=1700000000500000 c=2 to=3",
            "3 R t=1700000000750000 c=8 q=1 m=7",
            "4 S t=1700000001000000 c=9 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "named-columns",
        path: "logs/test/c1_log/events.csv",
        machine: 1,
        machine_names: &[],
        text: "Event,TimeGlob,TimeLocal,QueueLen,FromPort,ToPort\n\
               Events.INTERNAL_EVENT,1700000000.25,0,0,NULL,NULL\n\
               Events.SENT_MSG,1700000000.5,1,0,12345,23456\n\
               Events.RECEIVED_MSG,1700000000.75,13,1,34567,12345\n\
               Events.SENT_MSG,1700000001.0,34,0,12345,23456\n\
               Events.SENT_MSG,1700000001.0,34,0,12345,34567\n",
        clock_rate: None,
        events: &[
            "2 I t=1700000000250000 c=0 q=0",
            "3 S t=1700000000500000 c=1 q=0 to=2",
            "4 R t=1700000000750000 c=13 q=1 f=3",
            "5 S t=1700000001000000 c=34 q=0 to=all",
        ],
        ignored: 1,
    },
    Log {
        dialect: "brackets-no-day",
        path: "logs/process0LOG3.txt",
        machine: 1,
        machine_names: &[],
        text: "ticks per second: 3.0[INTERNAL] Time: 10:39:02 Receiver: 0 Clock Time: 2\n\
               [MESSAGE RECEIVED] Time: 10:39:03.780530 Queue Length: 2 Clock Time: 6\n\
               [MESSAGE SENT] Time: 10:39:04 Receiver: 2 Clock Time: 7\n\
               [MESSAGE SENT] Time: 10:39:05 Receiver: 1 Clock Time: 8\n\
               [MESSAGE SENT] Time: 10:39:05 Receiver: 2 Clock Time: 8\n",
        clock_rate: Some(3.0),
        events: &[
            "1 I t=38342000000 c=2",
            "2 R t=38343780530 c=6 q=2",
            "3 S t=38344000000 c=7 to=3",
            "4 S t=38345000000 c=8 to=all",
        ],
        ignored: 0,
    },
    Log {
        dialect: "four-lines",
        path: "log_1.log",
        machine: 2,
        machine_names: &[],
        text: "Began process at 1700000000.0\nTicks: 5\n\n\
               SENT message\nGlobal time: 1700000000.25\nLogical clock time: 1\n\n\
               RECEIVED message\nGlobal time: 1700000000.5\nQueue length: 2\nLogical clock time: 6\n\n",
        clock_rate: Some(5.0),
        events: &["4 S t=1700000000250000 c=1", "8 R t=1700000000500000 c=6 q=2"],
        ignored: 3,
    },
    Log {
        dialect: "brackets-semicolons",
        path: "log1.txt",
        machine: 2,
        machine_names: &[],
        text: "INTERNAL: [global] 2026-01-02 03:04:05.250000; [logical clock time] 1\n\
               RECEIVE: [message] 4; [global] 2026-01-02 03:04:05.500000; [queue length] 3; [logical clock time] 5\n\
               SEND: [global] 2026-01-02 03:04:05.750000; [logical clock time] 6\n",
        clock_rate: None,
        events: &[
            "1 I t=1767323045250000 c=1",
            "2 R t=1767323045500000 c=5 q=3 m=4",
            "3 S t=1767323045750000 c=6",
        ],
        ignored: 0,
    },
    Log {
        dialect: "info-pipe-ports",
        path: "logs/3056.log",
        machine: 2,
        machine_names: &["2056", "3056", "4056"],
        text: "2026-01-02 03:04:05 INFO     Starting processes for host 3056 with 2 operations per second.\n\
               2026-01-02 03:04:05 INFO     Client-side connection success to port val:4056\n\n\
               2026-01-02 03:04:06 INFO     Message received: 5 | local logical clock time: 6 | length of message queue: 1\n\
               2026-01-02 03:04:06 INFO     Internal event | local logical clock time: 7\n\
               2026-01-02 03:04:07 INFO     Message sent to: 4056 | local logical clock time: 8\n\
               2026-01-02 03:04:07 INFO     Messages sent to: 4056 and 2056 | local logical clock time: 9\n",
        clock_rate: Some(2.0),
        events: &[
            "4 R t=1767323046000000 c=6 q=1 m=5",
            "5 I t=1767323046000000 c=7",
            "6 S t=1767323047000000 c=8 to=3",
            "7 S t=1767323047000000 c=9 to=all",
        ],
        ignored: 2,
    },
    Log {
        dialect: "brackets-machine",
        path: "logs/2025-03-04_22-17-34/machine_1.log",
        machine: 2,
        machine_names: &[],
        text: "[Machine 1] 2026/01/02 03:04:05.920281 Created machine with clock rate: 2 ticks per second, event range: 1-5\n\
               [Machine 1] 2026/01/02 03:04:05.920869 Connected to machine 0 at port 28000\n\
               [Machine 1] 2026/01/02 03:04:05.921250 Machine 1 started\n\
               [Machine 1] 2026/01/02 03:04:06.250000 RECEIVE from Machine 2 | System time: Jan  2 03:04:06.250 | Queue length: 1 | Logical clock: 2\n\
               [Machine 1] 2026/01/02 03:04:06.500000 INTERNAL EVENT | System time: Jan  2 03:04:06.500 | Logical clock: 3\n\
               [Machine 1] 2026/01/02 03:04:06.750000 SEND to Machine 0 | System time: Jan  2 03:04:06.750 | Logical clock: 4\n\
               [Machine 1] 2026/01/02 03:04:07.000000 MULTICAST | System time: Jan  2 03:04:07.000 | Logical clock: 5\n",
        clock_rate: Some(2.0),
        events: &[
            "4 R t=1767323046250000 c=2 q=1 f=3",
            "5 I t=1767323046500000 c=3",
            "6 S t=1767323046750000 c=4 to=1",
            "7 S t=1767323047000000 c=5 to=all",
        ],
        ignored: 2,
    },
];

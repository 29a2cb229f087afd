package fc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is one running instance's program and everything that belongs to it.
type process struct {
	cmd     *exec.Cmd
	started time.Time
	scratch string // its HOME and TMPDIR, removed at the end
	// exited is closed when the process has ended and its output is read.
	exited chan struct{}
}

// launcher starts processes from one thread that lives as long as the cloud:
// where the system can end children with their parent, "parent" is the thread
// that started them.
type launcher chan launch

type launch struct {
	cmd  *exec.Cmd
	done chan error
}

func newLauncher() launcher {
	l := make(launcher)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
		for request := range l {
			request.done <- request.cmd.Start()
		}
	}()
	return l
}

func (l launcher) start(cmd *exec.Cmd) error {
	done := make(chan error)
	l <- launch{cmd, done}
	return <-done
}

// run starts a program with exactly this environment; its output goes to logs
// under the function's name.
func (l launcher) run(f *Function, argv, env []string, scratch string, logs *output) (*process, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("function %s: %w", f.Name, err)
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = f.CodeDir, env
	cmd.Stdout, cmd.Stderr = writer, writer
	cmd.SysProcAttr = ownGroup()
	p := &process{cmd: cmd, started: time.Now(), scratch: scratch, exited: make(chan struct{})}
	err = l.start(cmd)
	writer.Close() //nolint:errcheck // the child has its own
	if err != nil {
		reader.Close() //nolint:errcheck
		return nil, fmt.Errorf("function %s: can't start %s: %w", f.Name, argv[0], err)
	}
	go p.wait(f.Name, reader, logs)
	return p, nil
}

func (p *process) wait(function string, pipe *os.File, logs *output) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		logs.follow(function, pipe)
	}()
	p.cmd.Wait() //nolint:errcheck // how it ended is in ProcessState
	p.signal(syscall.SIGKILL)
	// Something that left the group may hold the pipe open for ever.
	pipe.SetReadDeadline(time.Now().Add(time.Second)) //nolint:errcheck
	<-read
	pipe.Close()            //nolint:errcheck
	os.RemoveAll(p.scratch) //nolint:errcheck // the cloud's Close removes the whole folder
	close(p.exited)
}

// signal reaches the process and its children. One that has ended already is
// no error.
func (p *process) signal(s syscall.Signal) {
	err := syscall.Kill(-p.cmd.Process.Pid, s)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		p.cmd.Process.Signal(s) //nolint:errcheck // ended meanwhile
	}
}

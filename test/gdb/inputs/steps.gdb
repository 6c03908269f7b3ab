set pagination off
set confirm off
set debuginfod enabled off
set print thread-events off
set env ASYNC_WORKERS=1
break steps.async:6
break steps.async:13
break steps.async:15
run
echo -- before the await\n
backtrace 2
step
echo -- in a plain function\n
backtrace 2
next
continue
echo -- after the await\n
backtrace 1
continue
echo -- in a plain function again\n
backtrace 2
delete
break work
break Counter::add
info breakpoints
continue

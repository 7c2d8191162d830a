exec redis-server --port 6379 --bind '* -::*' --protected-mode no --save '' --dir /run

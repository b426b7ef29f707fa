"""How the web process is served: gunicorn --config python:playground.gunicorn"""

from playground import settings

# Two processes of eight threads answered the most small fragments a second on two cores.
workers = 2
threads = 8
worker_class = "gthread"
bind = f"127.0.0.1:{settings.PORT}"
control_socket_disable = True  # nobody uses it, and it would write into the home folder

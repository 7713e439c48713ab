; The canary: a guest that proves how often, on what, and alone or not it ran. One boot sector, no operating system.
;
; It keeps a record in sector 1 of the volume (drive 81h) or, without a volume, of its own boot disk (80h):
;     0  "RECOVERY"   8 bytes
;     8  generation   32 bits, how many times this guest has been started
;    12  token        32 bits, different in every run
; A start raises the generation and writes a token of its own. From then on the record is read again about twice a
; second: if it is not what this run wrote, another copy of this guest is running, and it says SPLIT-BRAIN and halts.
; A sector that is neither blank nor a record is somebody's data: it says FOREIGN and halts before it writes.
;
; Lines on the first serial port:
;     CANARY generation=0002 token=1A2B3C4D drive=81
;     beat 0001
;     SPLIT-BRAIN | FOREIGN | IO-ERROR (and it tries again)

        bits 16
        org 0x7c00

RECORD_SECTOR   equ 1
buffer          equ 0x7e00
TICKS_PER_READ  equ 9           ; of 18.2 a second
READS_PER_BEAT  equ 2

start:  xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0x7c00
        sti
        cld

        mov dl, 0x81            ; is there a second disk? A disk that is there but fails must not look like none
        mov ah, 0x41
        mov bx, 0x55aa
        int 0x13
        mov dl, 0x81
        jnc .drive
        dec dx
.drive: mov [drive], dl

        mov ah, 0x42
        call transfer
        mov di, buffer
        mov si, magic
        mov cx, 4
        repe cmpsw
        je .ours
        xor eax, eax
        mov di, buffer
        mov cx, 128
        repe scasd
        mov si, foreign
        jne stop
        mov di, buffer
        mov si, magic
        mov cx, 4
        rep movsw

.ours:  inc dword [buffer + 8]
        rdtsc                   ; time since power-on in nanoseconds differs between any two starts
        imul eax, eax, 0x9e3779b1
        mov [buffer + 12], eax
        mov [token], eax
        mov eax, [buffer + 8]
        mov [generation], eax
        mov ah, 0x43
        call transfer

        mov si, hello
        call print
        mov eax, [generation]
        call decimal
        mov si, with
        call print
        mov eax, [token]
        mov cl, 8
        call hexadecimal
        mov si, on
        call print
        mov eax, [drive - 3]    ; the drive's number in the topmost byte
        mov cl, 2
        call hexadecimal
        call newline

watch:  mov bl, READS_PER_BEAT
.read:  mov cx, TICKS_PER_READ
.tick:  hlt
        loop .tick
        mov ah, 0x42
        call transfer
        mov si, buffer + 8
        mov di, generation
        mov cx, 4
        repe cmpsw
        mov si, split
        jne stop
        dec bl
        jnz .read
        mov si, beat
        call print
        inc dword [beats]
        mov eax, [beats]
        call decimal
        call newline
        jmp watch

stop:   call print
        call newline
        cli
        hlt

; Reads (ah=42h) or writes (ah=43h) the record's sector; does not return before it has succeeded.
transfer:
        push bx
.again: push ax
        mov al, 0
        mov dl, [drive]
        mov si, packet
        mov word [packet + 2], 1
        int 0x13
        pop ax
        jnc .done
        push ax
        mov si, failed
        call print
        call newline
        mov cx, 18
.wait:  hlt
        loop .wait
        pop ax
        jmp .again
.done:  pop bx
        ret

; eax in at least four decimal digits
decimal:
        mov ebx, 10
        xor cx, cx
.digit: xor edx, edx
        div ebx
        push dx
        inc cx
        test eax, eax
        jnz .digit
        cmp cl, 4
        jb .digit
.out:   pop ax
        add al, '0'
        call put
        loop .out
        ret

; the topmost cl hexadecimal digits of eax
hexadecimal:
        mov ch, 0
.digit: rol eax, 4
        push eax
        and al, 15
        add al, '0'
        cmp al, '9'
        jbe .put
        add al, 'A' - '9' - 1
.put:   call put
        pop eax
        loop .digit
        ret

newline:
        mov si, end
print:  lodsb
        test al, al
        jz put.done
        call put
        jmp print

; al to the serial port; waits a bounded while for its register, since a line without a reader must not stop the guest
put:    push cx
        push dx
        push ax
        xor cx, cx
        mov dx, 0x3fd
.wait:  in al, dx
        test al, 0x20
        loopz .wait
        pop ax
        mov dx, 0x3f8
        out dx, al
        pop dx
        pop cx
.done:  ret

magic   db "RECOVERY"
hello   db 13, 10, "CANARY generation=", 0
with    db " token=", 0
on      db " drive=", 0
beat    db "beat ", 0
split   db "SPLIT-BRAIN", 0
foreign db "FOREIGN", 0
failed  db "IO-ERROR", 0
end     db 13, 10, 0

packet  db 16, 0                ; INT 13h extensions: disk address packet
        dw 1, buffer, 0
        dq RECORD_SECTOR

generation dd 0                 ; generation and token lie side by side as in the record
token   dd 0
beats   dd 0
        db 0, 0, 0
drive   db 0

        times 510 - ($ - $$) db 0
        dw 0xaa55
        times 1048576 - ($ - $$) db 0
